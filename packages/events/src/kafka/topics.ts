import { setTimeout as sleep } from 'node:timers/promises';
import { DoubloonError } from '@doubloon/errors';
import type { Admin, Kafka, KafkaJSError } from 'kafkajs';
import { deadTopic, type Position } from '../event-log.ts';
import { reaching } from '../reaching.ts';
import { within } from '../within.ts';

const limitMs = 15_000;

export interface TopicOffsets extends Position {
  /** The oldest offset that is still kept. */
  readonly low: string;
}

/** Topics and offsets, asked of the broker. */
export interface Topics extends AsyncDisposable {
  create(topics: readonly string[], partitions: number): Promise<void>;
  /** How many partitions it has. They are asked for once: the place of a key must not move while we run. */
  partitionsOf(topic: string): Promise<number>;
  ends(topic: string): Promise<TopicOffsets[]>;
  committed(topic: string, group: string): Promise<Position[]>;
}

const configEntries = [
  // The library reads only gzip: with this the broker itself unpacks what a foreign producer sends as lz4, snappy or zstd.
  { name: 'compression.type', value: 'uncompressed' },
  // Readers rebuild what they know from the start of the log; a week is the broker's default.
  { name: 'retention.ms', value: '-1' },
];

const isPassing = (error: unknown): boolean => error instanceof Error && error.name === 'KafkaJSProtocolError' && (error as KafkaJSError).retriable;

const byPartition = (a: Position, b: Position): number => a.partition - b.partition;

export function createTopics(kafka: Kafka): Topics {
  const counts = new Map<string, number>();
  let connected: Promise<Admin> | undefined;

  const connect = async (): Promise<Admin> => {
    const admin = kafka.admin();
    await admin.connect();
    return admin;
  };

  const ask = <T>(operation: string, question: (admin: Admin, expired: () => boolean) => Promise<T>): Promise<T> => reaching(operation, () => within(limitMs, operation, async (expired) => {
    const mine = (connected ??= connect());
    try {
      for (;;) {
        try {
          return await question(await mine, expired);
        } catch (error) {
          // A leader just elected, a coordinator still loading: the library leaves some of these to us.
          if (expired() || !isPassing(error)) throw error;
          await sleep(100);
        }
      }
    } catch (error) {
      if (!(error instanceof DoubloonError)) {
        if (connected === mine) connected = undefined;
        await mine.then((admin) => admin.disconnect()).catch(() => undefined);
      }
      throw error;
    }
  }));

  const partitionsOf = async (topic: string): Promise<number> => {
    const known = counts.get(topic);
    if (known !== undefined) return known;
    const count = await ask(`partitions of ${topic}`, async (admin) => {
      // Of all topics: when asked for one that is missing the library tries again for seconds.
      if (!(await admin.listTopics()).includes(topic)) throw new DoubloonError('EVENT_TOPIC_UNKNOWN', { topic });
      return (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]?.partitions.length ?? 0;
    });
    counts.set(topic, count);
    return count;
  };

  return {
    partitionsOf,
    create: (topics, partitions) => ask('open', async (admin, expired) => {
      const wanted = topics.flatMap((topic) => [topic, deadTopic(topic)]);
      const there = new Set(await admin.listTopics());
      const missing = wanted.filter((topic) => !there.has(topic));
      if (missing.length === 0) return;
      // False when another process was faster, which is as good. Replicas are the cluster's default.
      await admin.createTopics({ topics: missing.map((topic) => ({ topic, numPartitions: partitions, configEntries })), waitForLeaders: true });
      while (!expired() && !missing.every((topic) => there.has(topic))) {
        for (const topic of await admin.listTopics()) there.add(topic);
        await sleep(20);
      }
    }),
    async ends(topic) {
      await partitionsOf(topic);
      const found = await ask('ends', (admin) => admin.fetchTopicOffsets(topic));
      return found.map(({ partition, high, low }) => ({ topic, partition, offset: high, low })).sort(byPartition);
    },
    async committed(topic, group) {
      await partitionsOf(topic);
      const found = await ask('positions', (admin) => admin.fetchOffsets({ groupId: group, topics: [topic] }));
      return (found[0]?.partitions ?? []).map(({ partition, offset }) => ({ topic, partition, offset: offset === '-1' ? '0' : offset })).sort(byPartition);
    },
    async [Symbol.asyncDispose]() {
      await connected?.then((admin) => admin.disconnect()).catch(() => undefined);
    },
  };
}
