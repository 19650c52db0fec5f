import { createHmac, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { tellStory } from '../demo/story.ts';
import { startStack, type AppName, type Stack } from '../stack/stack.ts';
import { problemsWith, readExposition, type Exposition } from './exposition.ts';
import { documentedMetrics, isStandard } from './metrics-table.ts';

const names: readonly AppName[] = ['github-app', 'treasury', 'identity', 'web'];
// A rotation of the App's secret is under way, so that there is one that this test knows.
const secret = 'a secret of more than thirty-two characters';
const eventually = { timeout: 30_000, interval: 100 };
let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { 'github-app': { GITHUB_APP_WEBHOOK_SECRET_PREVIOUS: secret } }, progress: () => undefined, onLine: () => undefined });
}, 240_000);
afterAll(() => (stack as Stack | undefined)?.[Symbol.asyncDispose](), 60_000);

const scrape = async (name: AppName): Promise<Exposition> => readExposition(await (await fetch(`${stack.app(name).internalUrl}/metrics`)).text());
const problems = async (): Promise<string[]> => (await Promise.all(names.map(async (name) => problemsWith(name, await scrape(name), documentedMetrics())))).flat();
/** Every series of ours, as one text. */
const series = async (): Promise<string[]> => (await Promise.all(names.map(async (name) => (await scrape(name)).samples.filter((sample) => !isStandard(sample.name)).map((sample) => JSON.stringify([name, sample]))))).flat().sort();

/** What a busy node brings about by itself: the values of its labels are held to the table like all others. */
const isOfTheChain = (one: string): boolean => /doubloon_(?:rounds|chain_failures)_total/.test(one);

/** What GitHub may send, of a repository, an issue and a person of its own. */
function deliver(url: string, nth: number, secret: string): Promise<Response> {
  const body = JSON.stringify({
    action: 'created', repository: { id: 700_000_000 + nth, full_name: `owner-${String(nth)}/repository-${String(nth)}` }, issue: { id: 800_000_000 + nth, number: nth },
    sender: { id: 900_000_000 + nth, login: `person-${String(nth)}`, type: 'User' },
  });
  return fetch(`${url}/${String(nth)}`, { method: 'POST', body, headers: {
    'content-type': 'application/json', 'x-github-event': `event_${String.fromCharCode(97 + (nth % 26))}`, 'x-github-delivery': randomUUID(), 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  } });
}

async function workedOff(): Promise<void> {
  const db = new pg.Client({ connectionString: stack.databaseUrls['github-app'] });
  await db.connect();
  try {
    expect((await db.query('select key from inbox where done_at is null')).rows).toEqual([]);
  } finally {
    await db.end();
  }
}

/** Deliveries, pages and calls, each about something that nobody has heard of. */
async function storm(from: number, count: number): Promise<void> {
  const appUrl = stack.github.deliveries[0]?.url ?? '';
  for (let nth = from; nth < from + count; nth++) {
    const offer = nth.toString(16).padStart(32, '0');
    const answers = await Promise.all([
      deliver(appUrl, nth, secret), deliver(appUrl, nth, 'another secret, of whoever tries'),
      ...[`/${String(nth)}`, `/fund/${offer}`, `/fund/${offer}/state`, `/fund/${offer}/events`, `/fund/${offer}/${String(nth)}`].map((path) => fetch(stack.webUrl + path)),
      stack.treasury.getOffer({ offerId: offer }).catch(() => undefined), stack.treasury.quote({ denom: `d${String(nth)}`, text: '1' }).catch(() => undefined),
    ]);
    for (const answer of answers) if (answer instanceof Response) await answer.arrayBuffer();
  }
}

test('the running services tell what docs/metrics.md says, after the main job was done, and nothing else', async () => {
  await tellStory(stack, () => undefined);
  const told = await scrape('github-app');
  expect(told.samples).toContainEqual({ name: 'doubloon_living_comment_writes_total', labels: { how: 'created', app: 'github-app' } });
  expect(await problems()).toEqual([]);
}, 180_000);

test('a storm of repositories, people, paths and offers that nobody has heard of adds no series', async () => {
  await storm(1, 3);
  await vi.waitFor(workedOff, eventually);
  const before = new Set(await series());
  await storm(1_000, 60);
  await vi.waitFor(workedOff, eventually);
  expect((await series()).filter((one) => !before.has(one) && !isOfTheChain(one))).toEqual([]);
  expect(await problems()).toEqual([]);
});
