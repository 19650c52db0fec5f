import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openPerson } from '../demo/person.ts';
import { tellStory } from '../demo/story.ts';
import { startStack, type AppName, type Stack } from '../stack/stack.ts';
import { problemsWith, readExposition, type Exposition } from './exposition.ts';
import { documentedMetrics, isStandard } from './metrics-table.ts';

const names: readonly AppName[] = ['github-app', 'treasury', 'identity', 'web'];
const repository = 'analytical-engines/difference';
const eventually = { timeout: 30_000, interval: 100 };
let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ progress: () => undefined, onLine: () => undefined });
}, 240_000);
afterAll(() => (stack as Stack | undefined)?.[Symbol.asyncDispose](), 60_000);

const scrape = async (name: AppName): Promise<Exposition> => readExposition(await (await fetch(`${stack.app(name).internalUrl}/metrics`)).text());
const problems = async (): Promise<string[]> => (await Promise.all(names.map(async (name) => problemsWith(name, await scrape(name), documentedMetrics())))).flat();
/** Every series of ours, as one text. */
const series = async (): Promise<string[]> => (await Promise.all(names.map(async (name) => (await scrape(name)).samples.filter((sample) => !isStandard(sample.name)).map((sample) => JSON.stringify([name, sample]))))).flat().sort();

/** What GitHub may send, of a repository and an issue of its own, signed if it is told to be. */
function deliver(nth: number, isSigned: boolean): Promise<Response> {
  const body = JSON.stringify({ action: 'created', repository: { id: 700_000_000 + nth, full_name: `owner-${String(nth)}/repository-${String(nth)}` }, issue: { id: 800_000_000 + nth, number: nth }, sender: { id: 900_000_000 + nth, login: `person-${String(nth)}`, type: 'User' } });
  const { url, secret } = webhook();
  return fetch(`${url}/${String(nth)}`, { method: 'POST', body, headers: {
    'content-type': 'application/json', 'x-github-event': `event_${String.fromCharCode(97 + (nth % 26))}`, 'x-github-delivery': randomUUID(),
    'x-hub-signature-256': `sha256=${createHmac('sha256', isSigned ? secret : 'another secret').update(body).digest('hex')}`,
  } });
}

// The secret is made by the stack and handed to nobody else: what is signed with it is sent by the stand-in.
function webhook(): { url: string; secret: string } {
  throw new Error('not known');
}
