import type { EachBatchPayload, Kafka } from 'kafkajs';
import { createCommitter } from '../committer.ts';
import { deliver, retryPause, type Delivery } from '../deliver.ts';
import type { EventLogLogger, SubscribeOptions, Subscription } from '../event-log.ts';
import { staySubscribed, type Session } from '../stay-subscribed.ts';
import { trackProgress, type Tracker } from '../track-progress.ts';
import { retry } from './client.ts';
import { storedRecord } from './stored-record.ts';
import type { Topics } from './topics.ts';

/** The broker takes a consumer that was silent this long for dead. */
const sessionMs = 6_000;
const heartbeatMs = 1_000;
/** How long a fetch waits for records, and so how soon a consumer notices that it is to stop or may try again. */
const fetchMs = 500;
/** A partition gives way to the others of its fetch after this long: the library fetches no more until all are done. */
const turnMs = 500;
/** The ends of partitions that nothing is fetched from have to be asked for. */
const endsMs = 5_000;
const abreast = 6;

export interface ConsumerOptions extends Omit<SubscribeOptions, 'handle'> {
  /** A client of its own. */
  client(): Kafka;
  readonly offsets: Topics;
  readonly delivery: Delivery;
  readonly log: EventLogLogger;
  readonly now: () => Date;
}

interface Lane extends Tracker {
  /** How often the record at its position has failed. */
  failures: number;
}

/** Joins the group, and joins again by itself whenever the library gives up. Rejects when the first joining fails. */
export const startConsumer = (options: ConsumerOptions): Promise<Subscription> => staySubscribed(options.group, () => openSession(options), options.log);

async function openSession({ client, topics, group, offsets, delivery, log, now }: ConsumerOptions): Promise<Session> {
  const consumer = client().consumer({
    groupId: group, sessionTimeout: sessionMs, rebalanceTimeout: 60_000, heartbeatInterval: heartbeatMs, maxWaitTimeInMs: fetchMs, allowAutoTopicCreation: false,
    // Every crash ends the session: one way back, ours, for all of them.
    retry: { ...retry, restartOnFailure: () => Promise.resolve(false) },
  });
  const { promise: lost, resolve: lose } = Promise.withResolvers<unknown>();
  const joined = Promise.withResolvers<undefined>();
  const lanes = new Map<string, Lane>();
  const working = new Set<Promise<void>>();
  const pauses = new Set<NodeJS.Timeout>();
  let closing = false;
  let generation = 0;
  let owning: Promise<void> = Promise.resolve();
  const committer = createCommitter(
    (commits) => consumer.commitOffsets(commits.map(({ topic, partition, next }) => ({ topic, partition, offset: next.toString() }))),
    (err) => log.warn({ err, group }, 'offsets not committed, records will come again'),
  );

  /** Takes over what the group gave us; a newer gift makes an older one void. */
  const own = async (assignment: Readonly<Record<string, readonly number[]>>): Promise<void> => {
    lanes.clear();
    const mine = ++generation;
    const found = new Map<string, Lane>();
    for (const [topic, partitions] of Object.entries(assignment)) {
      const committed = await offsets.committed(topic, group);
      for (const { partition, offset, low } of await offsets.ends(topic)) {
        if (!partitions.includes(partition)) continue;
        const at = BigInt(committed.find((it) => it.partition === partition)?.offset ?? 0);
        const lane = Object.assign(trackProgress(topic, partition, at < BigInt(low) ? BigInt(low) : at, now), { failures: 0 });
        lane.see(BigInt(offset));
        found.set(`${topic}/${partition}`, lane);
      }
    }
    if (mine !== generation) return;
    for (const [key, lane] of found) lanes.set(key, lane);
    log.info({ group, assignment }, 'partitions taken');
  };

  const work = async ({ batch, resolveOffset, heartbeat, isRunning, isStale, pause }: EachBatchPayload): Promise<void> => {
    const { topic, partition } = batch;
    await owning;
    // Absent when the partition has gone to somebody else.
    const lane = lanes.get(`${topic}/${partition}`);
    if (lane === undefined) return;
    lane.see(BigInt(batch.highWatermark));
    let leaving = false;
    // A handler may take longer than the broker waits for a sign of life. A rebalance shows itself here.
    const beat = setInterval(() => {
      heartbeat().catch(() => {
        leaving = true;
      });
    }, heartbeatMs);
    const until = performance.now() + turnMs;
    try {
      for (const message of batch.messages) {
        if (closing || leaving || !isRunning() || isStale() || performance.now() > until) return;
        if (!(await deliver(storedRecord(topic, partition, message), lane.failures + 1, delivery))) {
          // Only this partition waits, and nothing blocks the library's own heartbeats.
          lane.failures++;
          const resume = pause();
          const timer = setTimeout(() => {
            pauses.delete(timer);
            resume();
          }, retryPause(lane.failures));
          pauses.add(timer);
          return;
        }
        lane.failures = 0;
        resolveOffset(message.offset);
        const last = message === batch.messages.at(-1);
        lane.moved(BigInt(last ? batch.lastOffset() : message.offset) + 1n);
        committer.mark({ topic, partition, next: lane.position });
      }
    } finally {
      clearInterval(beat);
      await committer.flush();
    }
  };

  const look = async (): Promise<void> => {
    for (const topic of topics) {
      for (const { partition, offset } of await offsets.ends(topic)) lanes.get(`${topic}/${partition}`)?.see(BigInt(offset));
    }
  };
  const looking = setInterval(() => {
    look().catch((err: unknown) => log.warn({ err, group }, 'ends of the topics not known'));
  }, endsMs);

  const close = async (): Promise<void> => {
    closing = true;
    clearInterval(looking);
    // Before the library stops: it commits nothing once it was told to.
    await Promise.all(working);
    await committer.flush();
    for (const timer of pauses) clearTimeout(timer);
    await consumer.disconnect().catch((err: unknown) => log.warn({ err, group }, 'consumer not closed cleanly'));
  };

  consumer.on('consumer.crash', ({ payload }) => lose(payload.error));
  consumer.on('consumer.group_join', ({ payload }) => {
    owning = own(payload.memberAssignment).then(() => joined.resolve(undefined), lose);
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: abreast,
      eachBatch(payload) {
        const turn = work(payload).finally(() => working.delete(turn));
        working.add(turn);
        return turn;
      },
    });
    await Promise.race([joined.promise, lost.then((reason) => Promise.reject(reason as Error))]);
  } catch (error) {
    await close();
    throw error;
  }
  return { lost, progress: () => [...lanes.values()].map((lane) => lane.progress()), [Symbol.asyncDispose]: close };
}
