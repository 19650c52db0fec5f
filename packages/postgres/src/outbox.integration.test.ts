import type { Pool } from 'pg';
import { expect, test } from 'vitest';
import { silent as log, testDatabase } from '../testing/index.ts';
import { record } from '../testing/recorder.ts';
import { enqueue, inTransaction, measureQueues, migrationsFolder, startOutboxRelay, type OutboxMessage } from './index.ts';

const folder = migrationsFolder('treasury');
const message = (id: string, key = 'k'): OutboxMessage => ({ id, topic: 't', key, value: { id } });
const send = (pool: Pool, ...messages: OutboxMessage[]): Promise<void> => inTransaction(pool, async (db) => {
  for (const it of messages) await enqueue(db, it);
});
/** Resolves when the relay has looked and found nothing that it may publish: its last statement then. */
const hasLooked = (pool: Pool) => expect.poll(async () => (await pool.query(`select from pg_stat_activity
  where datname = current_database() and state = 'idle' and query like 'select exists (select from outbox)%'`)).rowCount, { interval: 5 }).toBe(1);
const empty = (pool: Pool) => expect.poll(async () => (await measureQueues(pool)).outboxWaiting, { timeout: 15_000 }).toBe(0);

test('a message arrives as it was written, once its transaction is committed, and leaves the table', async () => {
  const { pool } = await testDatabase(folder);
  const recorder = record();
  await using _relay = startOutboxRelay({ pool, log, publish: recorder.publish });
  await send(pool, { id: 'a', topic: 't', key: 'k', value: { text: '\u0000 \ud800 é', big: '18446744073709551615' }, headers: { traceparent: '00-a-b-01' } });
  await expect.poll(() => recorder.messages).toMatchObject([{ id: 'a', topic: 't', key: 'k', value: { text: '\u0000 \ud800 é', big: '18446744073709551615' }, headers: { traceparent: '00-a-b-01' }, attempts: 0 }]);
  await empty(pool);
});

test('a transaction that took its id first and commits last: lost by a plain cursor, not by the relay', async () => {
  const { pool } = await testDatabase(folder);
  // The classic: remember the highest id seen, ask for what is above; on a copy, because the relay removes what it has published.
  await pool.query(`create table copy (id bigint, event_id text);
    create function copy() returns trigger language plpgsql as 'begin insert into copy values (new.id, new.event_id); return new; end';
    create trigger copy after insert on outbox for each row execute function copy()`);
  const seen: string[] = [];
  let cursor = '0';
  const plainCursor = async (): Promise<void> => {
    const { rows } = await pool.query<{ id: string; event_id: string }>('select id, event_id from copy where id > $1 order by id', [cursor]);
    for (const row of rows) seen.push(row.event_id);
    cursor = rows.at(-1)?.id ?? cursor;
  };
  const early = await pool.connect();
  await early.query('begin');
  await enqueue(early, message('first'));
  await send(pool, message('second'));
  await plainCursor();
  const recorder = record();
  await using _relay = startOutboxRelay({ pool, log, pollMs: 20, publish: recorder.publish });
  await hasLooked(pool);
  expect(recorder.ids()).toEqual([]);
  await early.query('commit');
  early.release();
  await expect.poll(() => recorder.ids()).toEqual(['first', 'second']);

  await plainCursor();
  expect((await pool.query('select from copy')).rowCount).toBe(2);
  expect(seen).toEqual(['second']);
});

test('state and message carry the same transaction', async () => {
  const { pool } = await testDatabase(folder);
  await pool.query('create table state (n int)');
  await inTransaction(pool, async (db) => {
    await db.query('insert into state values (1)');
    await enqueue(db, message('a'));
  });
  const { rows } = await pool.query<{ state: string; row: string; column: string }>('select s.xmin::text as state, o.xmin::text as row, o.xid::text as column from state s, outbox o');
  expect(rows).toHaveLength(1);
  expect(rows[0]?.row).toBe(rows[0]?.state);
  expect(BigInt(rows[0]?.column ?? 0) % 2n ** 32n).toBe(BigInt(rows[0]?.state ?? -1));
});

test('a transaction that is rolled back sends nothing', async () => {
  const { pool } = await testDatabase(folder);
  const recorder = record();
  await using _relay = startOutboxRelay({ pool, log, pollMs: 20, publish: recorder.publish });
  const failing = inTransaction(pool, async (db) => {
    await enqueue(db, message('never'));
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  await send(pool, message('next'));
  await expect.poll(() => recorder.ids()).toEqual(['next']);
});

test('a long transaction holds everything that could overtake it back, and then all goes on in order', async () => {
  const { pool } = await testDatabase(folder);
  const recorder = record();
  const long = await pool.connect();
  await long.query('begin');
  await enqueue(long, message('a1', 'a'));
  await send(pool, message('b1', 'b'));
  await using _relay = startOutboxRelay({ pool, log, pollMs: 20, publish: recorder.publish });
  await send(pool, message('a2', 'a'));
  await hasLooked(pool);
  expect(recorder.ids()).toEqual([]);
  await long.query('commit');
  long.release();
  await expect.poll(() => recorder.ids()).toEqual(['a1', 'b1', 'a2']);
  await empty(pool);
});

test('a lost notification costs the poll interval and nothing else', async () => {
  const { pool } = await testDatabase(folder);
  const recorder = record();
  await using _relay = startOutboxRelay({ pool, log, pollMs: 50, publish: recorder.publish });
  await send(pool, message('first'));
  await expect.poll(() => recorder.ids()).toEqual(['first']);
  await pool.query(`insert into outbox (event_id, topic, key, value, headers) values ('unannounced', 't', 'k', '{}', '{}')`);
  await expect.poll(() => recorder.ids()).toEqual(['first', 'unannounced']);
});

test('a notification spares waiting for the poll', async () => {
  const { pool } = await testDatabase(folder);
  const recorder = record();
  await using _relay = startOutboxRelay({ pool, log, pollMs: 600_000, publish: recorder.publish });
  await hasLooked(pool);
  await send(pool, message('announced'));
  await expect.poll(() => recorder.ids(), { timeout: 5_000 }).toEqual(['announced']);
});

test('one of two relays leads, and the other takes over when its connection is cut; in order, without gaps', async () => {
  const { pool } = await testDatabase(folder);
  const recorder = record();
  await using _one = startOutboxRelay({ pool, log, pollMs: 20, batch: 7, publish: recorder.publish });
  await using _two = startOutboxRelay({ pool, log, pollMs: 20, batch: 7, publish: recorder.publish });
  // Whoever is cut off must have something left to publish.
  let cutting = true;
  const writers = ['a', 'b', 'c', 'd'].map(async (key) => {
    let n = 0;
    for (; n < 60 || cutting; n++) await send(pool, message(`${key}${n}`, key));
    return { key, written: n };
  });
  const leader = `select pid from pg_locks where locktype = 'advisory' and classid = ${0x444202} and granted and database = (select oid from pg_database where datname = current_database())`;
  try {
    for (let cuts = 0; cuts < 4; cuts++) {
      const count = recorder.messages.length;
      await expect.poll(() => recorder.messages.length, { timeout: 10_000 }).toBeGreaterThan(count);
      const { rows } = await pool.query<{ pid: number }>(leader);
      expect(rows.length).toBeLessThanOrEqual(1);
      if (rows[0]) await pool.query('select pg_terminate_backend($1)', [rows[0].pid]);
    }
  } finally {
    cutting = false;
  }
  const all = await Promise.all(writers);
  await empty(pool);
  for (const { key, written } of all) expect(recorder.firstArrivals(key)).toEqual(Array.from({ length: written }, (_, n) => `${key}${n}`));
});

test('disposing lets the batch in hand finish', async () => {
  const { pool } = await testDatabase(folder);
  let finish = (): void => undefined;
  const recorder = record();
  const begun = new Promise<void>((resolve) => {
    recorder.before = () => {
      resolve();
      return new Promise((done) => (finish = done));
    };
  });
  const relay = startOutboxRelay({ pool, log, publish: recorder.publish });
  await send(pool, message('a'));
  await begun;
  const stopped = relay[Symbol.asyncDispose]();
  finish();
  await stopped;
  expect(recorder.ids()).toEqual(['a']);
  expect(await measureQueues(pool)).toMatchObject({ outboxWaiting: 0 });
});

test('the numbers tell what waits, since when, and what is dead', async () => {
  const { pool } = await testDatabase(folder);
  expect(await measureQueues(pool)).toEqual({ inboxAge: 0, inboxWaiting: 0, inboxDead: 0, outboxAge: 0, outboxWaiting: 0, outboxDead: 0 });
  await send(pool, message('a'));
  await pool.query(`update outbox set created_at = now() - interval '90 s'`);
  const { outboxAge, outboxWaiting } = await measureQueues(pool);
  expect(outboxAge).toBeGreaterThanOrEqual(90);
  expect(outboxWaiting).toBe(1);
});
