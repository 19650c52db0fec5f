import { openPerson } from '@doubloon/dev/demo/person.ts';
import { until } from '@doubloon/dev/demo/until.ts';
import { startStack, type Stack } from '@doubloon/dev/stack/stack.ts';
import { openPool } from '@doubloon/postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';

const repository = 'analytical-engines/difference';
let stack: Stack;
beforeAll(async () => { stack = await startStack({ web: false, progress: () => undefined, onLine: () => undefined }); });
afterAll(() => stack[Symbol.asyncDispose]());

async function openIssue(title: string): Promise<{ number: number; id: number }> {
  const reply = await fetch(`${stack.github.apiUrl}/repos/${repository}/issues`, {
    method: 'POST', body: JSON.stringify({ title }),
    headers: { authorization: `Bearer ${stack.github.tokens['ada'] ?? ''}`, 'user-agent': 'ada', 'content-type': 'application/json' },
  });
  if (!reply.ok) throw new Error(`GitHub answered ${String(reply.status)} to a new issue`);
  return (await reply.json()) as { number: number; id: number };
}

/** What the living comment of an issue has links to fund for, by the text that offers it: it shows every offer that stands. */
async function offeredIn(body: string): Promise<string[]> {
  const links = [...body.matchAll(/\/fund\/([0-9a-f]{32})\)/g)].map(([, offerId = '']) => offerId);
  const offers = await Promise.all(links.map((offerId) => stack.treasury.getOffer({ offerId })));
  return offers.map(({ offer }) => `${offer?.source?.url ?? ''} ${offer?.text ?? ''}`).sort();
}

/** A counter of the App, by its name and its label. */
async function counted(name: string, label: string): Promise<number> {
  const text = await (await fetch(`${stack.app('github-app').internalUrl}/metrics`)).text();
  return Number(text.split('\n').find((line) => line.startsWith(`${name}{`) && line.includes(`"${label}"`))?.split(' ').at(-1) ?? 0);
}

const living = (issue: number, wanted: (body: string) => boolean) => openPerson(stack.github, 'ada', repository, issue).livingComment(wanted);

test('fifty commands that were posted while the App was away are answered within a minute and one sweep, once each', async () => {
  const app = stack.app('github-app');
  const issues: number[] = [];
  for (let nth = 1; nth <= 10; nth++) issues.push((await openIssue(`Issue ${String(nth)} without the App`)).number);
  await app.stop();
  const posted = issues.map((issue) => ({ issue, offers: ['0.11', '0.12', '0.13', '0.14', '0.15'].map((text) => `${stack.github.comment('ada', repository, issue, `$sol:${text}$`).htmlUrl} ${text}`) }));
  await stack.github.delivered();
  expect(stack.github.deliveries.filter(({ event, outcome }) => event === 'issue_comment' && outcome?.statusCode === 502)).toHaveLength(50);

  await app.start();
  const end = Date.now() + 60_000;
  for (const { issue, offers } of posted) {
    const { body } = await until(`issue ${String(issue)} to be answered`, () => living(issue, (text) => offers.every((offer) => text.includes(`Fund ${offer.split(' ').at(-1) ?? ''} sol`))), end - Date.now());
    expect(await offeredIn(body)).toEqual(offers.sort());
  }
  // A good round is counted at its end, which may be a moment away.
  expect(await counted('doubloon_sweep_rounds_total', 'good')).toBeLessThanOrEqual(1);
  expect(await counted('doubloon_sweep_deliveries_total', 'found')).toBeGreaterThanOrEqual(50);
});

/** Puts one database in the place of another; nobody may be connected. */
async function copyDatabase(from: string, to: string): Promise<void> {
  const pool = openPool({ url: stack.databaseUrls.treasury, name: 'copy', max: 1 });
  try {
    await pool.query(`drop database if exists "${to}"`);
    await pool.query(`create database "${to}" template "${from}"`);
  } finally {
    await pool.end();
  }
}

const unfinished = `
  select (select count(*) from unnest($1::text[]) as told (guid) where not exists (select from inbox where key = guid and done_at is not null))
    + (select count(*) from living_comment where due_at is not null) + (select count(*) from intent where done_at is null) as left`;

/** Waits until the App has handled everything GitHub ever told, and has nothing left to do. */
async function handled(): Promise<void> {
  await stack.github.delivered();
  const pool = openPool({ url: stack.databaseUrls['github-app'], name: 'looks', max: 1 });
  try {
    const told = stack.github.deliveries.map(({ guid }) => guid);
    await until('everything to be handled', async () => ((await pool.query<{ left: string }>(unfinished, [told])).rows[0]?.left === '0' ? true : undefined), 60_000);
  } finally {
    await pool.end();
  }
}

test('an App whose database was restored from an old backup comes to the same state, without a second comment or offer', async () => {
  const app = stack.app('github-app');
  const name = new URL(stack.databaseUrls['github-app']).pathname.slice(1);
  const known = await openIssue('An issue the backup knows');
  const ada = openPerson(stack.github, 'ada', repository, known.number);
  const { id } = await ada.comment('$sol:0.2$');
  await until('an answer', () => living(known.number, (body) => body.includes('Fund 0.2 sol')));
  await handled();
  await app.stop();
  await copyDatabase(name, `${name}_backup`);

  await app.start();
  await ada.edit(id, '$sol:0.3$');
  stack.github.comment('linus', repository, known.number, '$sol:0.1$');
  const { number: unknown } = await openIssue('An issue the backup does not know');
  stack.github.comment('ada', repository, unknown, '$sol:0.4$');
  await until('both offers', () => living(known.number, (body) => body.includes('Fund 0.3 sol') && body.includes('Fund 0.1 sol')));
  await until('the other', () => living(unknown, (body) => body.includes('Fund 0.4 sol')));
  await handled();
  const before = await Promise.all([known.number, unknown].map((issue) => living(issue, () => true)));

  await app.stop();
  await copyDatabase(`${name}_backup`, name);
  await app.start();
  await handled();
  expect(await Promise.all([known.number, unknown].map((issue) => living(issue, () => true)))).toEqual(before);
  stack.github.comment('ada', repository, unknown, '$sol:0.5$');
  const after = await until('an edit of the same comment', () => living(unknown, (body) => body.includes('Fund 0.4 sol') && body.includes('Fund 0.5 sol')));
  expect(after.id).toBe(before[1]?.id);
});

test.each([['leads nowhere', 'http://127.0.0.1:1/webhooks'], ['is not set', undefined]])('when the address of the webhooks %s, the sweep alone carries the line: offer, edit, deletion', async (_what, url) => {
  stack.github.setWebhook(url, 'a secret that nobody ever checks anything with');
  await stack.app('github-app').start({ GITHUB_APP_SWEEP_EVERY: '1s' });
  const { number } = await openIssue('An issue that nobody is told of');
  const ada = openPerson(stack.github, 'ada', repository, number);
  const { id } = await ada.comment('$sol:0.5$');
  await until('an answer', () => living(number, (body) => body.includes('Fund 0.5 sol')));
  await ada.edit(id, '$sol:0.75$');
  await until('the edit', () => living(number, (body) => body.includes('Fund 0.75 sol') && !body.includes('Fund 0.5 sol')));
  await ada.remove(id);
  await until('the deletion', () => living(number, (body) => body.includes('Ended: 1 replaced by an edit, 1 withdrawn.')));
});
