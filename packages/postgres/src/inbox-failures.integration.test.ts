import { DoubloonError } from '@doubloon/errors';
import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { startChild } from '../testing/child.ts';
import { silent as log, testDatabase } from '../testing/index.ts';
import { measureQueues, migrationsFolder, RetryLater, startInboxWorker, storeInbox, type InboxFact } from './index.ts';

const folder = migrationsFolder('treasury');
const now = (): Date => new Date();
const backoff = { attempts: 3, baseMs: 1, capMs: 5 };
const fact = (key: string, subject = 's'): InboxFact => ({ key, kind: 'test', subject, payload: {} });
const drained = (pool: Pool) => expect.poll(async () => (await measureQueues(pool)).inboxWaiting, { timeout: 15_000 }).toBe(0);

interface State { key: string; attempts: number; done: boolean; dead: boolean; last_error: string | null }
const rows = async (pool: Pool): Promise<State[]> =>
  (await pool.query<State>('select key, attempts, done_at is not null as done, dead_at is not null as dead, last_error from inbox order by id')).rows;

async function withEffects(): Promise<{ url: string; pool: Pool; effects(): Promise<string[]> }> {
  const { url, pool } = await testDatabase(folder);
  await pool.query('create table effect (id serial, key text)');
  return { url, pool, effects: async () => (await pool.query<{ key: string }>('select key from effect order by id')).rows.map(({ key }) => key) };
}

test('a handler that fails leaves nothing, and its row is handled again', async () => {
  const { pool, effects } = await withEffects();
  await using worker = startInboxWorker({
    pool, log, now, backoff, pollMs: 5,
    async handle({ key, attempt }, db) {
      await db.query('insert into effect (key) values ($1)', [key]);
      if (attempt < 3) throw new Error(`attempt ${attempt}`);
    },
  });
  await storeInbox(pool, fact('a'));
  worker.wake();
  await drained(pool);
  expect(await effects()).toEqual(['a']);
  expect(await rows(pool)).toEqual([{ key: 'a', attempts: 3, done: true, dead: false, last_error: null }]);
});

test('a row whose attempts are used up is dead with its reason, and the rest of its subject goes on', async () => {
  const { pool, effects } = await withEffects();
  await using worker = startInboxWorker({
    pool, log, now, backoff, pollMs: 5,
    async handle({ key }, db) {
      if (key === 'poison') throw new Error('can\'t be read');
      await db.query('insert into effect (key) values ($1)', [key]);
    },
  });
  for (const key of ['before', 'poison', 'after']) await storeInbox(pool, fact(key));
  worker.wake();
  await drained(pool);
  expect(await effects()).toEqual(['before', 'after']);
  expect((await rows(pool))[1]).toEqual({ key: 'poison', attempts: 3, done: false, dead: true, last_error: 'can\'t be read' });
  expect((await measureQueues(pool)).inboxDead).toBe(1);
});

test('an error that the handler swallows does not pass for done', async () => {
  const { pool, effects } = await withEffects();
  await using worker = startInboxWorker({
    pool, log, now, backoff, pollMs: 5,
    async handle({ key, attempt }, db) {
      await db.query('insert into effect (key) values ($1)', [key]);
      if (attempt === 1) await db.query('select 1 / 0').catch(() => undefined);
    },
  });
  await storeInbox(pool, fact('a'));
  worker.wake();
  await drained(pool);
  expect(await effects()).toEqual(['a']);
  expect((await rows(pool))[0]).toMatchObject({ attempts: 2, done: true });
});

test('a handler may ask for later: no attempt is used up, its subject waits, the others go on', async () => {
  const { pool, effects } = await withEffects();
  let time = new Date('2030-01-01T00:00:00Z');
  let asked = 0;
  await using worker = startInboxWorker({
    pool, log, now: () => time, backoff, pollMs: 5,
    async handle({ key, attempt }, db) {
      expect(attempt).toBe(1);
      if (key === 'a' && ++asked <= 5) throw new RetryLater(new Date(time.getTime() + 60_000));
      await db.query('insert into effect (key) values ($1)', [key]);
    },
  });
  for (const [key, subject] of [['a', 's'], ['b', 's'], ['c', 'other']] as const) await storeInbox(pool, fact(key, subject));
  worker.wake();
  await expect.poll(effects).toEqual(['c']);
  for (let minutes = 1; minutes <= 5; minutes++) {
    await expect.poll(async () => ({ asked, attempts: (await rows(pool))[0]?.attempts })).toEqual({ asked: minutes, attempts: 0 });
    expect(await effects()).toEqual(['c']);
    time = new Date(time.getTime() + 60_000);
  }
  await drained(pool);
  expect(await effects()).toEqual(['c', 'a', 'b']);
});

test('a row that is not due is not taken in the wake of one that is, and keeps its place when rows have moved in the table', async () => {
  const { pool, effects } = await withEffects();
  for (const key of ['a', 'b', 'c']) await storeInbox(pool, fact(key));
  // Without the indexes a row that was updated last comes last: the order has to be asked for.
  await pool.query('drop index inbox_waiting, inbox_waiting_by_subject');
  await pool.query(`update inbox set not_before = '2030-01-01T00:01:00Z' where key = 'b'; update inbox set kind = kind where key = 'a'`);
  let time = new Date('2030-01-01T00:00:00Z');
  await using worker = startInboxWorker({
    pool, log, now: () => time, backoff, pollMs: 5,
    handle: async ({ key }, db) => void (await db.query('insert into effect (key) values ($1)', [key])),
  });
  worker.wake();
  await expect.poll(effects).toEqual(['a']);
  await expect.poll(async () => (await pool.query(`select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`)).rowCount).toBe(0);
  expect(await effects()).toEqual(['a']);
  time = new Date('2030-01-01T00:01:00Z');
  await drained(pool);
  expect(await effects()).toEqual(['a', 'b', 'c']);
});

test.each([
  ['a service', () => new DoubloonError('SERVICE_UNAVAILABLE', { service: 'treasury' })],
  ['a service that hangs', () => new DoubloonError('DEADLINE_EXCEEDED', { method: 'GetBounty' })],
  ['the event log', () => new DoubloonError('EVENT_LOG_UNAVAILABLE', { operation: 'publish' })],
  ['a connection', () => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })],
  ['a deadlock', () => Object.assign(new Error('deadlock detected'), { code: '40P01' })],
])('an outage of %s uses up no attempt', async (_what, error) => {
  const { pool, effects } = await withEffects();
  let time = 0;
  let failures = 0;
  await using worker = startInboxWorker({
    pool, log, backoff, pollMs: 5,
    now: () => new Date(time += 10_000),
    async handle({ key }, db) {
      if (++failures <= 10) throw error();
      await db.query('insert into effect (key) values ($1)', [key]);
    },
  });
  await storeInbox(pool, fact('a'));
  worker.wake();
  await drained(pool);
  expect(await effects()).toEqual(['a']);
  expect((await rows(pool))[0]).toMatchObject({ attempts: 1, done: true });
});

test('the waits grow, and end at the cap', async () => {
  const { pool } = await withEffects();
  let time = Date.parse('2030-01-01T00:00:00Z');
  const waits: number[] = [];
  let before = time;
  await using _worker = startInboxWorker({
    pool, log, pollMs: 2, random: () => 1, backoff: { attempts: 6, baseMs: 1_000, capMs: 5_000 },
    now: () => new Date(time += 100),
    handle: async () => {
      waits.push(time - before);
      before = time;
      throw new Error('no');
    },
  });
  await storeInbox(pool, fact('a'));
  await drained(pool);
  const [, ...between] = waits;
  for (const [index, wait] of [1_000, 2_000, 4_000, 5_000, 5_000].entries()) {
    expect(between[index]).toBeGreaterThanOrEqual(wait);
    expect(between[index]).toBeLessThan(wait + 1_000);
  }
});

test('a worker that is killed in a handler leaves nothing but the counted attempt; another repeats the row', async () => {
  const { url, pool, effects } = await withEffects();
  await storeInbox(pool, fact('a'));
  await storeInbox(pool, fact('b'));
  const first = startChild('worker-process.ts', { url, hangIn: 'a' });
  await first.said('in the handler');
  expect((await rows(pool))[0]).toMatchObject({ attempts: 1, done: false });
  // Written before the attempt: a process that dies does not come back to the row at once.
  expect((await pool.query(`select key from inbox where not_before > received_at`)).rows).toEqual([{ key: 'a' }]);
  await first.kill();
  expect(await effects()).toEqual([]);
  startChild('worker-process.ts', { url });
  await drained(pool);
  expect(await effects()).toEqual(['a', 'b']);
  expect((await rows(pool))[0]).toMatchObject({ attempts: 2, done: true });
});

test('a row that takes the process down with it each time is dead in the end, and its subject goes on', async () => {
  const { url, pool, effects } = await withEffects();
  await storeInbox(pool, fact('poison'));
  await storeInbox(pool, fact('next'));
  for (let crashes = 0; crashes < 3; crashes++) {
    const worker = startChild('worker-process.ts', { url, hangIn: 'poison', attempts: '3' });
    await worker.said('in the handler');
    await worker.kill();
  }
  startChild('worker-process.ts', { url, hangIn: 'poison', attempts: '3' });
  await drained(pool);
  expect(await effects()).toEqual(['next']);
  expect((await rows(pool))[0]).toMatchObject({ key: 'poison', dead: true, last_error: 'the process died in each of 3 attempts' });
});

test('a connection that is cut in a handler costs one attempt, not the worker', async () => {
  const { pool, effects } = await withEffects();
  await using worker = startInboxWorker({
    pool, log, now, backoff, pollMs: 5,
    async handle({ key, attempt }, db) {
      await db.query('insert into effect (key) values ($1)', [key]);
      if (attempt > 1) return;
      const { rows: [own] } = await db.query<{ pid: number }>('select pg_backend_pid() as pid');
      await pool.query('select pg_terminate_backend($1)', [own?.pid]);
    },
  });
  await storeInbox(pool, fact('a'));
  worker.wake();
  await drained(pool);
  expect(await effects()).toEqual(['a']);
  expect((await rows(pool))[0]).toMatchObject({ attempts: 2, done: true });
});
