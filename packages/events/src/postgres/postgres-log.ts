import { DoubloonError } from '@doubloon/errors';
import pg from 'pg';
import { acceptRecords, type SizedRecord } from '../accept-records.ts';
import { deadRecord } from '../dead-record.ts';
import { deadTopic, type EventLog, type EventLogOptions, type Position, type StoredRecord } from '../event-log.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import { reaching } from '../reaching.ts';
import { appendRecords } from './append-records.ts';
import { readCommitted } from './committed-offsets.ts';
import { startConsumer } from './consumer.ts';
import { pruneRecords } from './prune-records.ts';
import { readRecords } from './read-records.ts';
import { prepareSchema } from './schema.ts';
import { createTopics, endsOf } from './topics.ts';

const slice = 2_000;
const publishQueue = 1_000;

/** The event log in a Postgres database, for one host without Kafka. It keeps to its own schema `event_log`. */
export async function openPostgresLog(url: string, { clientId, log, topics, partitions = 6, now = () => new Date() }: EventLogOptions): Promise<EventLog> {
  await reaching('open', () => prepareSchema(url, log));
  const pool = new pg.Pool({ connectionString: url, application_name: clientId, max: 4, connectionTimeoutMillis: 5_000, query_timeout: 15_000 });
  pool.on('error', (err) => log.warn({ err }, 'idle connection to the event log lost'));
  const open = new AsyncDisposableStack();
  open.defer(() => pool.end());
  const inOrder = oneAtATime('publish', publishQueue);
  // A topic's partitions never change, so they are asked for once.
  const counts = new Map<string, number>();

  const partitionsOf = async (topic: string): Promise<number> => {
    const count = counts.get(topic) ?? (await endsOf(pool, topic)).length;
    counts.set(topic, count);
    return count;
  };

  const append = (topic: string, records: readonly SizedRecord[]): Promise<Position[]> => inOrder(() => reaching('publish', async () => {
    const count = await partitionsOf(topic);
    const positions: Position[] = [];
    for (let at = 0; at < records.length; at += slice) positions.push(...(await appendRecords(pool, topic, count, records.slice(at, at + slice))));
    return positions;
  }));

  const bury = async (record: StoredRecord, reason: string): Promise<void> => {
    await append(deadTopic(record.topic), [deadRecord(record, reason)]);
  };

  // The next page is read while one is being handed out.
  async function* pages(topic: string, ends: Promise<readonly Position[]>, signal?: AbortSignal): AsyncGenerator<StoredRecord> {
    for (const { partition, offset } of await ends) {
      const end = BigInt(offset);
      const readPage = (from: bigint): Promise<StoredRecord[]> => reaching('replay', () => readRecords(pool, topic, partition, from));
      let expected: string | undefined;
      let page = end > 0n ? readPage(0n) : undefined;
      while (page !== undefined) {
        signal?.throwIfAborted();
        const records: StoredRecord[] = await page;
        // Whoever has seen what came before must not take what comes after a gap for all there is.
        if (expected !== undefined && records[0]?.offset !== expected) throw new DoubloonError('EVENT_LOG_PRUNED', { topic });
        const from = BigInt(records.at(-1)?.offset ?? offset) + 1n;
        page = from < end ? readPage(from) : undefined;
        // It is awaited above, unless the reader leaves first.
        page?.catch(() => undefined);
        for (const record of records) {
          if (from > end && BigInt(record.offset) >= end) break;
          signal?.throwIfAborted();
          yield record;
        }
        expected = from.toString();
      }
    }
  }

  try {
    await reaching('open', () => createTopics(pool, topics, partitions));
  } catch (error) {
    await open.disposeAsync();
    throw error;
  }

  return {
    publish: async (topic, records) => append(topic, acceptRecords(topic, records)),
    async subscribe({ topics: wanted, group, handle }) {
      return reaching('subscribe', async () => {
        for (const topic of wanted) await partitionsOf(topic);
        const subscription = await startConsumer({ url, clientId, topics: wanted, group, log, now, delivery: { handle, bury, log } });
        return open.use(subscription);
      });
    },
    replay(topic, signal) {
      const ends = reaching('replay', () => endsOf(pool, topic));
      // Whoever iterates meets the failure; nobody else has to.
      ends.catch(() => undefined);
      return pages(topic, ends, signal);
    },
    prune: (topic, olderThan) => reaching('prune', async () => pruneRecords(pool, topic, await partitionsOf(topic), olderThan)),
    ends: (topic) => reaching('ends', () => endsOf(pool, topic)),
    positions: (topic, group) => reaching('positions', async () => {
      await partitionsOf(topic);
      return readCommitted(pool, group, topic);
    }),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
