import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { silent as log, testDatabase } from '../testing/index.ts';
import { enqueue, inTransaction, measureQueues, migrationsFolder, pruneInbox, startInboxWorker, storeInbox, type InboxFact, type InboxRow } from './index.ts';

const folder = migrationsFolder('treasury');
const now = (): Date => new Date();
const fact = (key: string, subject = 's', payload: unknown = {}): InboxFact => ({ key, kind: 'test', subject, payload });
const drained = (pool: Pool) => expect.poll(async () => (await measureQueues(pool)).inboxWaiting, { timeout: 15_000 }).toBe(0);

test('a fact is stored once for each key, whatever comes with it the second time, also when both come at once', async () => {
  const { pool } = await testDatabase(folder);
  expect(await storeInbox(pool, fact('a', 's', 1))).toBe(true);
  expect(await storeInbox(pool, fact('a', 'other', 2))).toBe(false);
  const both = await Promise.all(Array.from({ length: 8 }, () => storeInbox(pool, fact('b'))));
  expect(both.filter((isNew) => isNew)).toHaveLength(1);
  expect((await pool.query('select key, payload from inbox order by key')).rows).toEqual([{ key: 'a', payload: 1 }, { key: 'b', payload: {} }]);
});

test('a fact is still a no-op after it was handled, until it is pruned', async () => {
  const { pool } = await testDatabase(folder);
  const handled: string[] = [];
  await using worker = startInboxWorker({ pool, log, now, handle: async ({ key }) => void handled.push(key) });
  await storeInbox(pool, fact('a'));
  worker.wake();
  await drained(pool);
  expect(await storeInbox(pool, fact('a'))).toBe(false);
  expect(await pruneInbox(pool, new Date(Date.now() - 60_000))).toBe(0);
  expect(await pruneInbox(pool, new Date(Date.now() + 60_000))).toBe(1);
  expect(await storeInbox(pool, fact('a'))).toBe(true);
  worker.wake();
  await drained(pool);
  expect(handled).toEqual(['a', 'a']);
});

test('pruning leaves what waits and what is dead, and takes more than one batch', async () => {
  const { pool } = await testDatabase(folder);
  await pool.query(`insert into inbox (key, kind, subject, payload, done_at) select 'done' || n, 'test', 's', '1', now() - interval '8 d' from generate_series(1, 2500) n`);
  await pool.query(`insert into inbox (key, kind, subject, payload, received_at, dead_at) values ('dead', 'test', 's', '1', now() - interval '9 d', now() - interval '8 d')`);
  await pool.query(`insert into inbox (key, kind, subject, payload, received_at) values ('waits', 'test', 's', '1', now() - interval '9 d')`);
  expect(await pruneInbox(pool, new Date(Date.now() - 7 * 86_400_000))).toBe(2500);
  expect((await pool.query<{ key: string }>('select key from inbox order by key')).rows).toEqual([{ key: 'dead' }, { key: 'waits' }]);
  expect(await measureQueues(pool)).toMatchObject({ inboxWaiting: 1, inboxDead: 1 });
  expect((await measureQueues(pool)).inboxAge).toBeGreaterThan(8 * 86_400);
});

test('hostile payloads come back as they were', async () => {
  const { pool } = await testDatabase(folder);
  const payloads = ['\u0000', '\ud800', { constructor: { prototype: null } }, JSON.parse('{"__proto__":{"a":1}}') as unknown, 'x'.repeat(1_000_000), null, [], '', "'; drop table inbox; --"];
  const seen: unknown[] = [];
  await using worker = startInboxWorker({ pool, log, now, concurrency: 1, handle: async ({ payload }) => void seen.push(payload) });
  for (const [index, payload] of payloads.entries()) await storeInbox(pool, fact(String(index), 's', payload));
  worker.wake();
  await drained(pool);
  expect(seen.map((it) => JSON.stringify(it))).toEqual(payloads.map((it) => JSON.stringify(it)));
});

test('what the handler writes, the messages it sends and the done mark are one transaction', async () => {
  const { pool } = await testDatabase(folder);
  await pool.query('create table state (key text)');
  await using worker = startInboxWorker({
    pool, log, now,
    async handle({ key }, db) {
      await db.query('insert into state values ($1)', [key]);
      await enqueue(db, { id: key, topic: 't', key, value: {} });
    },
  });
  await storeInbox(pool, { ...fact('a'), traceparent: '00-1-2-01' });
  worker.wake();
  await drained(pool);
  const { rows } = await pool.query<{ state: string; message: string; inbox: string }>(
    `select s.xmin::text as state, o.xmin::text as message, i.xmin::text as inbox from state s, outbox o, inbox i where i.done_at is not null`);
  expect(rows).toHaveLength(1);
  expect(new Set(Object.values(rows[0] ?? {})).size).toBe(1);
});

test('the handler sees the whole fact', async () => {
  const { pool } = await testDatabase(folder);
  const seen: InboxRow[] = [];
  await using worker = startInboxWorker({ pool, log, now, handle: async (row) => void seen.push(row) });
  await storeInbox(pool, { key: 'a', kind: 'issues.opened', subject: '1/2', payload: { n: 1 }, traceparent: '00-1-2-01' });
  worker.wake();
  await drained(pool);
  expect(seen).toEqual([{ key: 'a', kind: 'issues.opened', subject: '1/2', payload: { n: 1 }, traceparent: '00-1-2-01', attempt: 1, receivedAt: expect.any(Date) as Date }]);
});

test('without a wake the poll finds it', async () => {
  const { pool } = await testDatabase(folder);
  await using _worker = startInboxWorker({ pool, log, now, pollMs: 20, handle: async () => undefined });
  await storeInbox(pool, fact('a'));
  await drained(pool);
});

test('with a wake nobody waits for the poll, not even the rows that follow', async () => {
  const { pool } = await testDatabase(folder);
  await using worker = startInboxWorker({ pool, log, now, pollMs: 600_000, concurrency: 2, handle: async () => undefined });
  for (let n = 0; n < 120; n++) await storeInbox(pool, fact(String(n), `s${n % 9}`));
  for (let n = 0; n < 120; n++) await storeInbox(pool, fact(`more${n}`, 'one'));
  worker.wake();
  await drained(pool);
});

test('two workers keep each subject in order and one at a time, and work on different subjects side by side', async () => {
  const { pool } = await testDatabase(folder);
  const active = new Map<string, number>();
  const seen = new Map<string, string[]>();
  let most = 0;
  let overlaps = 0;
  const handle = async ({ key, subject }: InboxRow): Promise<void> => {
    active.set(subject, (active.get(subject) ?? 0) + 1);
    if ((active.get(subject) ?? 0) > 1) overlaps++;
    most = Math.max(most, [...active.values()].filter((count) => count > 0).length);
    await pool.query('select pg_sleep(0.001)');
    seen.set(subject, [...(seen.get(subject) ?? []), key]);
    active.set(subject, (active.get(subject) ?? 1) - 1);
  };
  await using one = startInboxWorker({ pool, log, now, handle, pollMs: 10, concurrency: 4 });
  await using two = startInboxWorker({ pool, log, now, handle, pollMs: 10, concurrency: 4 });
  for (let n = 0; n < 200; n++) {
    await storeInbox(pool, fact(String(n), `s${n % 5}`));
    (n % 2 === 0 ? one : two).wake();
  }
  await drained(pool);
  expect(overlaps).toBe(0);
  expect(most).toBeGreaterThan(1);
  for (let s = 0; s < 5; s++) expect(seen.get(`s${s}`)).toEqual(Array.from({ length: 40 }, (_, n) => String(n * 5 + s)));
});

test('a row with a lower number that is committed while a later one is in hand waits for it', async () => {
  const { pool } = await testDatabase(folder);
  const early = await pool.connect();
  await early.query('begin');
  await storeInbox(early, fact('low'));
  await storeInbox(pool, fact('high'));
  const order: string[] = [];
  let finish = (): void => undefined;
  const handle = async ({ key }: InboxRow): Promise<void> => {
    order.push(`${key} begins`);
    if (key === 'high') await new Promise<void>((resolve) => (finish = resolve));
    order.push(`${key} ends`);
  };
  await using _one = startInboxWorker({ pool, log, now, handle, pollMs: 5 });
  await using _two = startInboxWorker({ pool, log, now, handle, pollMs: 5 });
  await expect.poll(() => order).toEqual(['high begins']);
  await early.query('commit');
  early.release();
  // Both have looked at the subject again and found its lock taken.
  for (let looks = 0; looks < 5; looks++) await pool.query('select pg_sleep(0.02)');
  finish();
  await drained(pool);
  expect(order).toEqual(['high begins', 'high ends', 'low begins', 'low ends']);
});

test('disposing finishes the row in hand and takes no other', async () => {
  const { pool } = await testDatabase(folder);
  let finish = (): void => undefined;
  let begun = (): void => undefined;
  const inHand = new Promise<void>((resolve) => (begun = resolve));
  const worker = startInboxWorker({
    pool, log, now, concurrency: 1,
    handle: () => {
      begun();
      return new Promise((resolve) => (finish = resolve));
    },
  });
  await storeInbox(pool, fact('a'));
  await storeInbox(pool, fact('b'));
  worker.wake();
  await inHand;
  const stopped = worker[Symbol.asyncDispose]();
  finish();
  await stopped;
  expect((await pool.query(`select key, attempts, done_at is not null as done from inbox order by key`)).rows)
    .toEqual([{ key: 'a', attempts: 1, done: true }, { key: 'b', attempts: 0, done: false }]);
});

test('a fact stored in a transaction that is rolled back was never there', async () => {
  const { pool } = await testDatabase(folder);
  await expect(inTransaction(pool, async (db) => {
    expect(await storeInbox(db, fact('a'))).toBe(true);
    throw new Error('no');
  })).rejects.toThrow('no');
  expect(await storeInbox(pool, fact('a'))).toBe(true);
});
