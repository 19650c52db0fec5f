import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { bountyEvent, openEventLog, toRecord, type EventLog } from '@doubloon/events';
import { startEmbeddedPostgres } from '@doubloon/postgres/embedded';
import { available } from '../kafka/cache.ts';
import { startKafka } from '../kafka/start-kafka.ts';
import type { Figure, Measure } from './benchmark.ts';
import { compared, inTurns } from './rounds.ts';

const count = 100_000;
const issues = 500;
const rounds = 5;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const topic = 'bounty';

const records = Array.from({ length: count }, (_, nth) => toRecord(bountyEvent('offered', {
  id: `offered-${String(nth)}`, subject: `81234567/${String(2_000_000_000 + (nth % issues))}`, time: new Date(0), sequence: BigInt(nth), data: { offerId: '0'.repeat(32), denom: 'sol', amount: '500000000' },
})));

async function fill(log: EventLog): Promise<void> {
  for (let at = 0; at < count; at += 5_000) await log.publish(topic, records.slice(at, at + 5_000));
}

/** Records a second from the first to the last, and that none was left out. */
class Pace {
  #seen = 0;
  #characters = 0;
  #began = 0;
  take(value: string): boolean {
    if (this.#seen === 0) this.#began = performance.now();
    this.#characters += value.length;
    return ++this.#seen === count;
  }
  perSecond(): number {
    if (this.#seen !== count || this.#characters === 0) throw new Error(`${String(this.#seen)} of ${String(count)} records were read`);
    return count / ((performance.now() - this.#began) / 1000);
  }
}

const replay = (log: EventLog) => async (): Promise<number> => {
  const pace = new Pace();
  for await (const { value } of log.replay(topic)) pace.take(value);
  return pace.perSecond();
};

/** The loops that kafkajs itself offers, with nothing around them. */
async function bare(kafka: Kafka, by: 'batch' | 'message'): Promise<number> {
  const pace = new Pace();
  const { promise: done, resolve } = Promise.withResolvers<number>();
  const take = (value: Buffer | null): void => {
    if (pace.take(value?.toString() ?? '')) resolve(pace.perSecond());
  };
  const consumer = kafka.consumer({ groupId: randomUUID() });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run(by === 'batch'
    ? { eachBatch: ({ batch }) => { for (const { value } of batch.messages) take(value); return Promise.resolve(); } }
    : { eachMessage: ({ message }) => { take(message.value); return Promise.resolve(); } });
  const perSecond = await done;
  await consumer.disconnect();
  return perSecond;
}

async function onKafka(): Promise<Figure[]> {
  await using broker = await startKafka();
  await using log = await openEventLog(`kafka://${broker.bootstrap}`, { clientId: 'bench', log: quiet, topics: [topic] });
  await fill(log);
  const kafka = new Kafka({ brokers: [broker.bootstrap], clientId: 'bare', logLevel: logLevel.NOTHING });
  const found = await inTurns({ ours: replay(log), batch: () => bare(kafka, 'batch'), message: () => bare(kafka, 'message') }, { rounds, warmUp: 1 });
  return [
    compared('Kafka: replay, beside eachBatch', 'records/s', found.ours, found.batch),
    compared('Kafka: replay, beside eachMessage', 'records/s', found.ours, found.message),
  ];
}

/** One cursor over the same table in the same order. */
async function bareCursor(url: string): Promise<number> {
  const pace = new Pace();
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  try {
    await db.query('begin');
    await db.query(`declare everything no scroll cursor for select "offset", key, value, headers, stored_at from event_log.record where topic = '${topic}' order by partition, "offset"`);
    for (let isOver = false; !isOver; ) {
      const { rows } = await db.query<{ value: string }>('fetch 500 from everything');
      for (const { value } of rows) pace.take(value);
      isOver = rows.length === 0;
    }
    await db.query('commit');
  } finally {
    await db.end();
  }
  return pace.perSecond();
}

async function onPostgres(): Promise<Figure[]> {
  await using postgres = await startEmbeddedPostgres({ durable: true });
  const url = await postgres.createDatabase('log');
  await using log = await openEventLog(url, { clientId: 'bench', log: quiet, topics: [topic] });
  await fill(log);
  const found = await inTurns({ ours: replay(log), baseline: () => bareCursor(url) }, { rounds, warmUp: 1 });
  return [compared('PostgreSQL: replay, beside a cursor', 'records/s', found.ours, found.baseline)];
}

/** Reading a topic from its start to its end. */
export const measure: Measure = async () => {
  const can = await available();
  return {
    aim: 'at least 0.9 of the bare loop',
    baseline: "kafkajs's own loops (a group of its own, nothing done with a record but reading its value as text); on PostgreSQL one cursor over the table, 500 rows a fetch",
    conditions: `${count.toLocaleString('en-US')} events of ${String(records[0]?.value.length ?? 0)} bytes in 6 partitions, ${String(rounds)} rounds, timed from the first record to the last.`,
    figures: [...(can.ok ? await onKafka() : []), ...(await onPostgres())],
    ...(can.ok ? {} : { missing: [`Kafka (needs ${can.missing})`] }),
  };
};
