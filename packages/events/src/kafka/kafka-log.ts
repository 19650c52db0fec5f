import { acceptRecords, type SizedRecord } from '../accept-records.ts';
import { deadRecord } from '../dead-record.ts';
import { deadTopic, type EventLog, type EventLogOptions, type Position, type StoredRecord } from '../event-log.ts';
import { reaching } from '../reaching.ts';
import { createClient } from './client.ts';
import { startConsumer } from './consumer.ts';
import { createPublisher } from './publisher.ts';
import { replayTopic } from './replay.ts';
import { createTopics } from './topics.ts';

/** The event log in Apache Kafka 4. `brokers` are host:port. */
export async function openKafkaLog(brokers: readonly string[], { clientId, log, topics, partitions = 6, now = () => new Date() }: EventLogOptions): Promise<EventLog> {
  const client = () => createClient(brokers, clientId, log);
  const kafka = client();
  const open = new AsyncDisposableStack();
  const offsets = open.use(createTopics(kafka));
  const publisher = open.use(createPublisher(kafka, offsets));
  try {
    await offsets.create(topics, partitions);
  } catch (error) {
    await open.disposeAsync();
    throw error;
  }

  const append = (topic: string, records: readonly SizedRecord[]): Promise<Position[]> => reaching('publish', () => publisher.publish(topic, records));

  const bury = async (record: StoredRecord, reason: string): Promise<void> => {
    await append(deadTopic(record.topic), [deadRecord(record, reason)]);
  };

  return {
    publish: async (topic, records) => append(topic, acceptRecords(topic, records)),
    subscribe: ({ topics: wanted, group, handle }) => reaching('subscribe', async () => {
      for (const topic of wanted) await offsets.partitionsOf(topic);
      return open.use(await startConsumer({ client, topics: wanted, group, offsets, log, now, delivery: { handle, bury, log } }));
    }),
    replay(topic, signal) {
      const ends = offsets.ends(topic);
      // Whoever iterates meets the failure; nobody else has to.
      ends.catch(() => undefined);
      return replayTopic(kafka, topic, ends, signal);
    },
    ends: async (topic) => (await offsets.ends(topic)).map(({ partition, offset }) => ({ topic, partition, offset })),
    prune: () => Promise.resolve(0),
    positions: (topic, group) => offsets.committed(topic, group),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
