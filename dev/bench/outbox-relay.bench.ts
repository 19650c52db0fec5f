import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { openEventLog, type EventLog } from '@doubloon/events';
import { enqueue, inTransaction, migrate, migrationsFolder, openPool, startOutboxRelay, type OutboxRow } from '@doubloon/postgres';
import { startEmbeddedPostgres } from '@doubloon/postgres/embedded';
import type { Measure } from './benchmark.ts';
import { compared, inTurns } from './rounds.ts';

const count = 6_000;
const writers = 8;
const rounds = 4;
const aTransaction = 20;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const value = { specversion: '1.0', type: 'dev.doubloon.bounty.offered.v1', subject: '81234567/2000000000', data: { offerId: '0'.repeat(32), denom: 'sol', amount: '500000000' }, filler: 'x'.repeat(160) };

/** Calls `write` for each of `count` messages, a few to a transaction, over several connections at once. */
async function writeAll(pool: Pool, write: (db: Parameters<typeof enqueue>[0], nth: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: writers }, async () => {
    while (next < count) {
      const [from, to] = [next, (next = Math.min(count, next + aTransaction))];
      await inTransaction(pool, async (db) => {
        for (let nth = from; nth < to; nth++) await write(db, nth);
      });
    }
  }));
}

const perSecond = async (work: () => Promise<void>): Promise<number> => {
  const began = performance.now();
  await work();
  return count / ((performance.now() - began) / 1000);
};

/** Messages a second from the first insert to the last publish, with the relay at work from the start; and of a backlog alone. */
export const measure: Measure = async () => {
  await using open = new AsyncDisposableStack();
  const postgres = open.use(await startEmbeddedPostgres({ durable: true }));
  const url = await postgres.createDatabase('outbox');
  await migrate({ url, folder: migrationsFolder('treasury'), log: quiet });
  const pool = open.adopt(openPool({ url, name: 'bench', max: writers + 4 }), (it) => it.end());
  await pool.query('create table message (id bigint generated always as identity primary key, event_id text not null, topic text not null, key text not null, value json not null, headers json not null)');
  const log = open.use(await openEventLog(await postgres.createDatabase('log'), { clientId: 'bench', log: quiet, topics: ['bounty'] }));

  const write = (db: Parameters<typeof enqueue>[0], nth: number) => enqueue(db, { id: `event-${String(nth)}`, topic: 'bounty', key: `1/${String(nth % 100)}`, value });
  const writePlain = (db: Parameters<typeof enqueue>[0], nth: number) =>
    db.query('insert into message (event_id, topic, key, value, headers) values ($1, $2, $3, $4, $5)', [`event-${String(nth)}`, 'bounty', `1/${String(nth % 100)}`, JSON.stringify(value), '{}']);

  async function relayed(publish: (batch: readonly OutboxRow[]) => Promise<void>, before: () => Promise<void>, during: () => Promise<void>): Promise<number> {
    await before();
    let published = 0;
    const rate = await perSecond(async () => {
      await using _relay = startOutboxRelay({ pool, log: quiet, async publish(batch) { await publish(batch); published += batch.length; } });
      await during();
      while (published < count) await sleep(1);
    });
    if (published !== count) throw new Error(`${String(published)} of ${String(count)} messages were published`);
    return rate;
  }
  const nothing = (): Promise<void> => Promise.resolve();
  const toLog = async (to: EventLog, batch: readonly OutboxRow[]): Promise<void> => {
    await to.publish('bounty', batch.map((row) => ({ key: row.key, value: JSON.stringify(row.value), headers: row.headers })));
  };
  const writeOutbox = () => writeAll(pool, write);
  const found = await inTurns({
    through: () => relayed(nothing, nothing, writeOutbox),
    backlog: () => relayed(nothing, writeOutbox, nothing),
    backlogToLog: () => relayed((batch) => toLog(log, batch), writeOutbox, nothing),
    inserts: () => perSecond(() => writeAll(pool, writePlain)),
  }, { rounds });
  return {
    aim: '3,000 messages a second on 2 cores',
    baseline: 'plain inserts of the same rows in the same transactions',
    conditions: `${count.toLocaleString('en-US')} messages of ${String(JSON.stringify(value).length)} bytes a round, written over ${String(writers)} connections, ${String(aTransaction)} to a transaction; PostgreSQL keeps its promises (fsync and synchronous_commit on); ${String(rounds)} rounds.`,
    figures: [
      compared('written, relayed to nobody and removed, all at once', '/s', found.through, found.inserts),
      compared('a backlog relayed to nobody', '/s', found.backlog, found.inserts),
      compared('a backlog relayed to the event log on PostgreSQL', '/s', found.backlogToLog, found.inserts),
    ],
  };
};
