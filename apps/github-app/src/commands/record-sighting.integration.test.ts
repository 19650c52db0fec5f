import { randomUUID } from 'node:crypto';
import { parseCommands } from '@doubloon/domain';
import { inTransaction, migrationsFolder } from '@doubloon/postgres';
import { openTestDatabase, type TestDatabase } from '@doubloon/postgres/testing';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { attemptsOf } from './attempt-row.ts';
import { readCommands, type Parse } from './commands.ts';
import type { Work } from '../issues/intent.ts';
import { recordIssueDeleted, recordSighting, type Placed } from './record-sighting.ts';
import { problemsOf } from './source-row.ts';

const denoms = new Map([['sol', 9], ['usdc', 6]]);
const parse: Parse = (text) => Promise.resolve(parseCommands(text, denoms));
const key = { repositoryId: '10', issueId: '100' };
const ada = { id: '1', login: 'ada', type: 'User' };
const grace = { id: '2', login: 'grace', type: 'User' };

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase(migrationsFolder('github-app'));
  await recordsBegin('-infinity');
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(() => database.pool.query('truncate repository cascade'));

const recordsBegin = (at: Date | '-infinity') => database.pool.query('update beginning set at = $1', [at]);
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

interface Seen { id?: string; second?: number; by?: typeof ada; change?: Placed['change']; before?: string }

const sightingOf = (text: string, { id = '1000', second = 0, by = ada, change = 'created', before }: Seen = {}): Placed => ({
  change, text, before, updatedAt: at(second), author: by, sender: by, viaApp: undefined, installationId: '5',
  source: { kind: 'issue-comment', id, url: `https://github.test/${id}` }, repository: { id: '10', fullName: 'a/b' },
  issue: { id: '100', number: 7, title: 'T', url: 'https://github.test/7', isPullRequest: false },
});

/** What follows from one sighting of a text. */
async function see(text: string, seen: Seen = {}): Promise<string[]> {
  const guid = randomUUID();
  const sighting = sightingOf(text, seen);
  const { before } = seen;
  const asked = await readCommands(parse, text, sighting.source.url);
  const earlier = before === undefined ? undefined : await readCommands(parse, before, sighting.source.url);
  const { rows: [last] } = await database.pool.query<{ position: string }>('select coalesce(max(position), 0)::text as position from intent');
  await inTransaction(database.pool, (db) => recordSighting(db, sighting, asked, earlier, { guid, now: at(30) }));
  const { rows } = await database.pool.query<{ work: Work }>('select work from intent where position > $1 order by position', [last?.position]);
  return rows.map(({ work }) => told(work));
}

const money = (offer: { denom: string; amount: string; nth: number }) => `${offer.amount} ${offer.denom}${offer.nth === 0 ? '' : `#${String(offer.nth)}`}`;
function told(work: Work): string {
  switch (work.kind) {
    case 'open': return `open ${money(work.offer)}`;
    case 'replace': return `replace ${money(work.offer)} by ${money(work.by)}`;
    case 'withdraw': return `withdraw ${money(work.offer)} ${work.reason}`;
    case 'decide': return `${work.action}${work.action !== 'award' ? '' : 'shares' in work.award ? ` ${work.award.shares.map(({ login, bps }) => `${login} ${String(bps)}`).join(' ')}` : ` #${String(work.award.pullRequest)}`}${work.action === 'cancel' && work.withdrew ? ' after own' : ''}`;
    default: return work.kind;
  }
}

const isDue = async () => (await database.pool.query('select from living_comment where due_at is not null')).rowCount === 1;

test('an offer is opened, shown to be read, and the issue is due', async () => {
  expect(await see('$usdc:50$')).toEqual(['open 50000000 usdc', 'eyes']);
  expect(await isDue()).toBe(true);
});

test('a text without commands leaves nothing at all', async () => {
  expect(await see('hello $PATH:$HOME')).toEqual([]);
  expect((await database.pool.query('select from repository')).rowCount).toBe(0);
});

test('equal offers are two, told apart by their number', async () => {
  expect(await see('$usdc:5$ $usdc:5$')).toEqual(['open 5000000 usdc', 'open 5000000 usdc#1', 'eyes']);
  expect(await see('$usdc:5$', { change: 'edited', second: 1 })).toEqual(['withdraw 5000000 usdc#1 edited']);
});

test('an edit keeps what stayed, replaces what it can, opens what is new and withdraws what vanished', async () => {
  await see('$usdc:5$ $sol:1$ $sol:2$');
  expect(await see('$sol:2$ $usdc:6$ $usdc:7$ $usdc:8$', { change: 'edited', second: 1 })).toEqual(['replace 5000000 usdc by 6000000 usdc', 'replace 1000000000 sol by 7000000 usdc', 'open 8000000 usdc']);
  expect(await see('$usdc:8$', { change: 'edited', second: 2 })).toEqual(['withdraw 2000000000 sol edited', 'withdraw 6000000 usdc edited', 'withdraw 7000000 usdc edited']);
});

test('a text is shown once to be read, however often it changes, and also when it commands only since an edit', async () => {
  expect(await see('/award @ada')).toEqual([]);
  expect(await see('$usdc:5$', { change: 'edited', second: 1 })).toEqual(['open 5000000 usdc', 'eyes']);
  expect(await see('$usdc:6$', { change: 'edited', second: 2 })).toEqual(['replace 5000000 usdc by 6000000 usdc']);
  expect(await see('$usdc:6$', { id: '2' })).toEqual(['open 6000000 usdc', 'eyes']);
});

test('an edit that leaves the offers as they were produces nothing, not even a look', async () => {
  await see('$usdc:5$');
  await database.pool.query('update living_comment set due_at = null');
  expect(await see('$usdc:5.0$ please', { change: 'edited', second: 1 })).toEqual([]);
  expect(await isDue()).toBe(false);
});

test('an older edit that comes late loses', async () => {
  await see('$usdc:5$', { second: 0 });
  await see('$usdc:9$', { change: 'edited', second: 9 });
  expect(await see('$usdc:7$', { change: 'edited', second: 7 })).toEqual([]);
});

test('an older text loses also when both are handled at once', async () => {
  const waiting = async () => (await database.pool.query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")).rowCount;
  let older: Promise<string[]> | undefined;
  await inTransaction(database.pool, async (db) => {
    await recordSighting(db, sightingOf('$usdc:9$', { change: 'edited', second: 9 }), await readCommands(parse, '$usdc:9$', ''), undefined, { guid: 'newer', now: at(30) });
    older = see('$usdc:7$', { change: 'edited', second: 7 });
    await expect.poll(waiting, { timeout: 20_000 }).toBe(1);
  });
  await older;
  const { rows } = await database.pool.query('select amount from offer where ordinal is not null');
  expect(rows).toEqual([{ amount: '9000000' }]);
});

test('a creation that an edit overtook loses, but its slash commands still count', async () => {
  await see('$usdc:1$', { id: '1' });
  expect(await see('nothing', { id: '2', change: 'edited', second: 1, before: '$usdc:5$\n\n/cancel' })).toEqual([]);
  expect(await see('$usdc:5$\n\n/cancel', { id: '2', second: 1 })).toEqual(['withdraw 1000000 usdc cancelled', 'cancel after own', 'eyes']);
});

test('slash commands that are edited in do nothing', async () => {
  await see('$usdc:5$');
  expect(await see('$usdc:5$\n\n/cancel', { change: 'edited', second: 1 })).toEqual([]);
});

test('a deletion withdraws, and nothing that comes after it counts', async () => {
  await see('$usdc:5$');
  expect(await see('$usdc:5$', { change: 'deleted', second: 1 })).toEqual(['withdraw 5000000 usdc deleted']);
  expect(await see('$usdc:6$', { change: 'edited', second: 2 })).toEqual([]);
  expect(await see('$usdc:5$', { second: 0 })).toEqual([]);
});

test('a deletion that comes first leaves a stone for the creation', async () => {
  expect(await see('$usdc:5$', { change: 'deleted', second: 1 })).toEqual([]);
  expect(await see('$usdc:5$', { second: 0 })).toEqual([]);
});

test('/cancel takes back what its writer asked for, once, and leaves others alone', async () => {
  await see('$usdc:5$', { id: '1' });
  await see('$usdc:6$', { id: '2', by: grace });
  expect(await see('/cancel', { id: '3', by: grace })).toEqual(['withdraw 6000000 usdc cancelled', 'cancel after own', 'eyes']);
  expect(await see('/cancel', { id: '4', by: grace })).toEqual(['cancel', 'eyes']);
});

test('/cancel that is heard of late takes back nothing that its writer wrote after it', async () => {
  await see('$usdc:5$', { id: '1', second: 1 });
  await see('$usdc:6$', { id: '3', second: 3 });
  expect(await see('/cancel', { id: '2', second: 2 })).toEqual(['withdraw 5000000 usdc cancelled', 'cancel after own', 'eyes']);
});

test('a creation that is told again under another name commands nothing a second time', async () => {
  await see('$usdc:5$');
  expect(await see('/cancel', { id: '2' })).toEqual(['withdraw 5000000 usdc cancelled', 'cancel after own', 'eyes']);
  await see('$usdc:7$', { id: '3', second: 1 });
  expect(await see('/cancel', { id: '2' })).toEqual([]);
});

test.each(['/award @ada', '/veto', '/attempt', '/award nonsense', '/cancel'])('%s says nothing where nobody offered', async (text) => {
  expect(await see(text)).toEqual([]);
  expect(await isDue()).toBe(false);
});

test('where somebody offered, what a creation decides is intended as it was read, once', async () => {
  await see('$usdc:5$', { id: '1' });
  expect(await see('/award @grace 70% @linus 30%\n\n/veto', { id: '2' })).toEqual(['award grace 7000 linus 3000', 'veto', 'eyes']);
  expect(await see('/award @grace 70% @linus 30%\n\n/veto', { id: '2' })).toEqual([]);
  expect(await see('/award #12', { id: '3' })).toEqual(['award #12', 'eyes']);
});

test('an award that is edited in decides nothing, and neither does one in a quote, in code or in an HTML comment', async () => {
  await see('$usdc:5$', { id: '1' });
  await see('words', { id: '2' });
  expect(await see('/award @grace', { id: '2', change: 'edited', second: 1, before: 'words' })).toEqual([]);
  expect(await see('/award @linus', { id: '1', change: 'edited', second: 1, before: '$usdc:5$' })).toEqual(['withdraw 5000000 usdc edited']);
  for (const [nth, text] of ['> /award @grace', 'He wrote:\n> fine\n/award @grace', '```\n/award @grace\n```', '    /award @grace', '<!-- /award @grace -->', '`/award @grace`'].entries()) expect(await see(text, { id: String(10 + nth) })).toEqual([]);
});

test('an award that can not stand is told with its reason, which stays when its text is edited and goes with it', async () => {
  await see('$usdc:5$', { id: '1' });
  expect(await see('/award @grace 70%', { id: '2' })).toEqual(['eyes']);
  const [sentence, ...rest] = await problemsOf(database.pool, key);
  expect([sentence?.slice(0, 61), rest]).toEqual(['`/award @grace 70%` [here](https://github.test/2) has shares ', []]);
  expect(await see('/award @grace', { id: '2', change: 'edited', second: 1, before: '/award @grace 70%' })).toEqual([]);
  expect(await problemsOf(database.pool, key)).toEqual([sentence]);
  await see('', { id: '2', change: 'deleted', second: 2 });
  expect(await problemsOf(database.pool, key)).toEqual([]);
});

test('who works on an issue is known once each, by the first text that still stands', async () => {
  const attempts = async () => (await attemptsOf(database.pool, key)).map(({ login, url }) => `${login} ${url}`);
  expect(await see('/attempt', { id: '1', second: 1, by: grace })).toEqual([]);
  await see('$usdc:5$', { id: '2' });
  expect(await see('/attempt', { id: '3', second: 3 })).toEqual(['eyes']);
  await see('/attempt', { id: '4', second: 4, by: grace });
  expect(await attempts()).toEqual(['grace https://github.test/1', 'ada https://github.test/3']);
  await database.pool.query('update living_comment set due_at = null');
  await see('', { id: '1', second: 5, by: grace, change: 'deleted' });
  expect(await attempts()).toEqual(['ada https://github.test/3', 'grace https://github.test/4']);
  expect(await isDue()).toBe(true);
});

test('problems follow the text: they come, change and go with it', async () => {
  expect(await see('$usdc:1,000$ $usdc:0$')).toEqual(['eyes']);
  expect(await problemsOf(database.pool, key)).toEqual(['`$usdc:1,000$` [here](https://github.test/1000) has separators: write the digits without them.', '`$usdc:0$` [here](https://github.test/1000) is nothing.']);
  expect(await see('$usdc:1000$', { change: 'edited', second: 1 })).toEqual(['open 1000000000 usdc']);
  expect(await problemsOf(database.pool, key)).toEqual([]);
});

test('the sixth offer of a text is a problem and no offer', async () => {
  expect(await see([1, 2, 3, 4, 5, 6].map((amount) => `$usdc:${String(amount)}$`).join(' '))).toHaveLength(6);
  expect(await problemsOf(database.pool, key)).toEqual(['`$usdc:6$` [here](https://github.test/1000) is one too many: five offers in one text are the most.']);
});

test('an issue that is deleted takes all of its unfunded offers with it', async () => {
  await see('$usdc:5$', { id: '1' });
  await see('$usdc:6$', { id: '2' });
  const sighting = { source: { kind: 'issue', id: '100', url: 'x' }, repository: { id: '10', fullName: 'a/b' }, issue: { id: '100', number: 7, title: 'T', url: 'x', isPullRequest: false }, updatedAt: at(9), installationId: '5' } as Placed;
  await inTransaction(database.pool, (db) => recordIssueDeleted(db, sighting, { guid: 'gone', now: at(9) }));
  const { rows } = await database.pool.query<{ work: Work }>("select work from intent where key like 'gone:%' order by position");
  expect(rows.map(({ work }) => told(work)).sort()).toEqual(['withdraw 5000000 usdc deleted', 'withdraw 6000000 usdc deleted']);
});

test('the same delivery handled twice intends once', async () => {
  const before = await see('$usdc:5$');
  expect(before).toHaveLength(2);
  expect(await see('$usdc:5$')).toEqual([]);
});

test('what was decided before our records began is left to who knows of it, and what was offered then is not', async () => {
  onTestFinished(async () => { await recordsBegin('-infinity'); });
  await recordsBegin(at(10));
  expect(await see('$usdc:5$', { id: '1', second: 1 })).toEqual(['open 5000000 usdc', 'eyes']);
  for (const [id, text] of [['2', '/award @grace'], ['3', '/award @grace 20%'], ['4', '/veto']] as const) expect(await see(text, { id, second: 2 })).toEqual([]);
  expect(await see('/cancel', { id: '5', second: 3 })).toEqual(['withdraw 5000000 usdc cancelled', 'eyes']);
  expect(await see('/award @grace', { id: '6', second: 10 })).toEqual(['award grace 10000', 'eyes']);
});
