import { createRequire } from 'node:module';
import { DoubloonError } from '@doubloon/errors';
import type { Kafka, KafkaMessage } from 'kafkajs';
import type { StoredRecord } from '../event-log.ts';
import { reaching } from '../reaching.ts';
import { storedRecord } from './stored-record.ts';
import type { TopicOffsets } from './topics.ts';

// kafkajs reads only as a member of a group. Below that lies what a reader without a group needs; the version is exact.
interface Fetched {
  responses: { partitions: object[] }[];
}
interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: string[]): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>;
  findBroker(broker: { nodeId: string }): Promise<{ fetch(request: object): Promise<Fetched> }>;
}
interface Batch {
  readonly messages: readonly KafkaMessage[];
  isEmptyIncludingFiltered(): boolean;
  lastOffset(): string;
}

const Batch = createRequire(import.meta.url)('kafkajs/src/consumer/batch.js') as new (topic: string, from: string, data: object) => Batch;

const createCluster = (kafka: Kafka): Cluster => {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === 'private:Kafka:createCluster');
  if (symbol === undefined) throw new TypeError('this version of kafkajs is built differently');
  return (kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol]?.({ metadataMaxAge: 300_000, allowAutoTopicCreation: false }) as Cluster;
};

const readCommitted = 1;
const waitMs = 1_000;
const pageBytes = 1_048_576;
/** So many fetches in a row may bring nothing (somebody's open transaction) before it is a failure. */
const patience = 15;

/** Yields the records below `ends`, partition by partition. The next page is fetched while one is being read. */
export async function* replayTopic(kafka: Kafka, topic: string, ends: Promise<readonly TopicOffsets[]>, signal?: AbortSignal): AsyncGenerator<StoredRecord> {
  const open = (await ends).filter(({ offset, low }) => BigInt(low) < BigInt(offset));
  if (open.length === 0) return;
  const cluster = createCluster(kafka);

  const fetchPage = (partition: number, from: bigint): Promise<Batch> => reaching('replay', async () => {
    const leader = Object.keys(cluster.findLeaderForPartitions(topic, [partition]))[0] ?? '';
    const broker = await cluster.findBroker({ nodeId: leader });
    const topics = [{ topic, partitions: [{ partition, fetchOffset: from.toString(), maxBytes: pageBytes }] }];
    const { responses } = await broker.fetch({ maxWaitTime: waitMs, minBytes: 1, maxBytes: pageBytes, isolationLevel: readCommitted, topics });
    return new Batch(topic, from.toString(), responses[0]?.partitions[0] ?? {});
  });

  try {
    await reaching('replay', async () => {
      await cluster.connect();
      await cluster.addMultipleTargetTopics([topic]);
    });
    for (const { partition, offset, low } of open) {
      const end = BigInt(offset);
      let from = BigInt(low);
      let page = fetchPage(partition, from);
      for (let idle = 0; from < end; ) {
        signal?.throwIfAborted();
        const batch = await page;
        if (batch.isEmptyIncludingFiltered()) idle++;
        else {
          idle = 0;
          from = BigInt(batch.lastOffset()) + 1n;
        }
        if (idle === patience) throw new DoubloonError('EVENT_LOG_UNAVAILABLE', { operation: `replay: nothing readable at ${topic}/${partition}@${from}` });
        if (from < end) {
          page = fetchPage(partition, from);
          // It is awaited above, unless the reader leaves first.
          page.catch(() => undefined);
        }
        const inside = from <= end;
        for (const message of batch.messages) {
          if (!inside && BigInt(message.offset) >= end) break;
          signal?.throwIfAborted();
          yield storedRecord(topic, partition, message);
        }
      }
    }
  } finally {
    await cluster.disconnect();
  }
}
