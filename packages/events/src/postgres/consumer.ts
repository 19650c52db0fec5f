import { DoubloonError } from '@doubloon/errors';
import pg from 'pg';
import { createCommitter } from '../committer.ts';
import type { Delivery } from '../deliver.ts';
import type { EventLogLogger, SubscribeOptions, Subscription } from '../event-log.ts';
import { staySubscribed, type Session } from '../stay-subscribed.ts';
import { commitOffsets, keepJoined, readCommitted } from './committed-offsets.ts';
import { startLane, type Lane } from './lane.ts';
import { acquire, enter, place, release } from './ownership.ts';
import { readRecords } from './read-records.ts';
import { inSession } from './session.ts';
import { readEnds } from './topics.ts';

/** The truth is looked for this often; notifications only make it sooner. */
const pollMs = 1_000;
/** Postgres ends a session that was silent this long (a frozen process, a cable pulled), and so frees its partitions. */
const silenceMs = 10_000;
/** So often it is said that this group is still there. */
const presenceMs = 60_000;

export interface ConsumerOptions extends Omit<SubscribeOptions, 'handle'> {
  readonly url: string;
  readonly clientId: string;
  readonly delivery: Delivery;
  readonly log: EventLogLogger;
  readonly now: () => Date;
}

/** Joins the group, and joins again by itself whenever the connection is lost. Rejects when the first joining fails. */
export const startConsumer = (options: ConsumerOptions): Promise<Subscription> => staySubscribed(options.group, () => openSession(options), options.log);

async function openSession({ url, clientId, topics, group, delivery, log, now }: ConsumerOptions): Promise<Session> {
  const client = new pg.Client({
    connectionString: url, application_name: clientId, connectionTimeoutMillis: 5_000, query_timeout: silenceMs, keepAlive: true,
    // Commits of offsets may be forgotten by a crash of the server: the records come again, as they may.
    options: `-c idle_session_timeout=${silenceMs} -c synchronous_commit=off`,
  });
  const session = inSession(client);
  const { promise: lost, resolve: lose } = Promise.withResolvers<unknown>();
  client.on('error', lose);
  client.on('end', () => lose(new DoubloonError('EVENT_LOG_UNAVAILABLE', { operation: 'consume' })));

  const lanes = new Map<string, Lane>();
  const committer = createCommitter((commits) => commitOffsets(session, group, commits), lose);
  const leaving = new Set<Promise<void>>();
  let ended = false;

  const hold = async (topic: string, partition: number): Promise<void> => {
    if (!(await acquire(session, group, topic, partition))) return;
    const committed = (await readCommitted(session, group, topic)).find((it) => it.partition === partition);
    const read = (from: bigint) => readRecords(session, topic, partition, from);
    const handled = (next: bigint) => committer.mark({ topic, partition, next });
    lanes.set(`${topic}/${partition}`, startLane({ topic, partition, from: BigInt(committed?.offset ?? 0), now, delivery, read, handled, failed: lose }));
    log.info({ group, topic, partition, offset: committed?.offset }, 'partition taken');
  };

  const leave = async (lane: Lane): Promise<void> => {
    await lane.stop();
    await committer.flush();
    lanes.delete(`${lane.topic}/${lane.partition}`);
    await release(session, group, lane.topic, lane.partition).catch(lose);
    log.info({ group, topic: lane.topic, partition: lane.partition }, 'partition handed over');
  };

  const look = async (): Promise<void> => {
    const shares = new Map<string, { rank: number; members: number }>();
    for (const topic of topics) shares.set(topic, await place(session, group, topic));
    for (const { topic, partition, offset } of await readEnds(session, topics)) {
      const share = shares.get(topic);
      const wanted = share !== undefined && partition % share.members === share.rank;
      const lane = lanes.get(`${topic}/${partition}`);
      if (lane === undefined && wanted) await hold(topic, partition);
      if (lane !== undefined && !wanted && !letGo.has(lane)) {
        letGo.add(lane);
        const left = leave(lane).finally(() => leaving.delete(left));
        leaving.add(left);
      }
      lanes.get(`${topic}/${partition}`)?.see(BigInt(offset));
    }
  };
  const letGo = new WeakSet<Lane>();

  // One look at a time; a hint during one asks for one more.
  let hinted = Promise.withResolvers<undefined>();
  const watch = async (): Promise<void> => {
    let present = performance.now();
    while (!ended) {
      hinted = Promise.withResolvers();
      await look();
      if (performance.now() - present > presenceMs) {
        await keepJoined(session, group, topics);
        present = performance.now();
      }
      const poll = setTimeout(() => hinted.resolve(undefined), pollMs);
      await hinted.promise;
      clearTimeout(poll);
    }
  };

  const close = async (): Promise<void> => {
    ended = true;
    hinted.resolve(undefined);
    await watching;
    await Promise.all([...lanes.values()].map((lane) => lane.stop()));
    await Promise.all(leaving);
    await committer.flush();
    // Gives every partition back; the others learn of it at once.
    await session.query(`select pg_advisory_unlock_all(), pg_notify('event_log', '')`).catch(() => undefined);
    await client.end().catch(() => undefined);
  };

  let watching: Promise<void> = Promise.resolve();
  try {
    await client.connect();
    client.on('notification', () => hinted.resolve(undefined));
    await session.query('listen event_log');
    for (const topic of topics) await enter(session, group, topic);
    await keepJoined(session, group, topics);
    await session.query(`select pg_notify('event_log', '')`);
    await look();
  } catch (error) {
    await close();
    throw error;
  }
  watching = watch().catch(lose);
  return { lost, progress: () => [...lanes.values()].map((lane) => lane.progress()), [Symbol.asyncDispose]: close };
}
