import { DoubloonError } from '@doubloon/errors';
import type { Kafka, Producer } from 'kafkajs';
import type { SizedRecord } from '../accept-records.ts';
import type { Position } from '../event-log.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import { partitionOf } from '../partition-of.ts';
import { within } from '../within.ts';
import type { Topics } from './topics.ts';

const limitMs = 20_000;
const queue = 1_000;
// The library puts all records of a partition in one batch, and the broker refuses one above 1,048,588 bytes.
const batchBytes = 1_000_000;
const framing = 64;

interface Placed {
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Record<string, string>;
}

/** Cuts records into rounds, each small enough to be sent at once, in order. */
function* rounds(records: readonly SizedRecord[], partitions: number): Generator<Placed[]> {
  let round: Placed[] = [];
  let bytes = new Map<number, number>();
  for (const { key, value, headers, bytes: size } of records) {
    const partition = partitionOf(key, partitions);
    const grown = (bytes.get(partition) ?? 0) + size + framing;
    if (grown > batchBytes) {
      yield round;
      round = [];
      bytes = new Map();
    }
    bytes.set(partition, grown > batchBytes ? size + framing : grown);
    round.push({ partition, key, value, headers: { ...headers } });
  }
  if (round.length > 0) yield round;
}

export interface Publisher extends AsyncDisposable {
  publish(topic: string, records: readonly SizedRecord[]): Promise<Position[]>;
}

export function createPublisher(kafka: Kafka, { partitionsOf }: Pick<Topics, 'partitionsOf'>): Publisher {
  const inOrder = oneAtATime('publish', queue);
  let connected: Producer | undefined;

  const producer = async (): Promise<Producer> => {
    if (connected === undefined) {
      // One request in flight: a second one could overtake a first that is repeated.
      const fresh = kafka.producer({
        idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false,
        createPartitioner: () => ({ message }) => message.partition ?? 0,
      });
      await fresh.connect();
      connected = fresh;
    }
    return connected;
  };

  const send = async (topic: string, round: readonly Placed[]): Promise<Position[]> => {
    const answers = await (await producer()).send({ topic, acks: -1, timeout: 10_000, messages: [...round] });
    const next = new Map(answers.map(({ partition, baseOffset }) => [partition, BigInt(baseOffset ?? -1)]));
    return round.map(({ partition }) => {
      const offset = next.get(partition);
      if (offset === undefined || offset < 0n) throw new DoubloonError('EVENT_LOG_UNAVAILABLE', { operation: 'publish: it told no offset' });
      next.set(partition, offset + 1n);
      return { topic, partition, offset: offset.toString() };
    });
  };

  return {
    // Who waited in vain is told at the limit, and what was not begun by then is never sent. What was begun keeps its place in
    // the queue until it is settled: nothing newer can overtake it.
    publish: (topic, records) => within(limitMs, 'publish', (expired) => inOrder(async () => {
      const positions: Position[] = [];
      const partitions = await partitionsOf(topic);
      try {
        for (const round of rounds(records, partitions)) {
          if (expired()) throw new DoubloonError('EVENT_LOG_UNAVAILABLE', { operation: 'publish' });
          positions.push(...(await send(topic, round)));
        }
      } catch (error) {
        // A producer whose sequence broke stays broken; a fresh one starts over.
        await connected?.disconnect().catch(() => undefined);
        connected = undefined;
        throw error;
      }
      return positions;
    })),
    async [Symbol.asyncDispose]() {
      await connected?.disconnect();
    },
  };
}
