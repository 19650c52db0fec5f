import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog } from '@doubloon/events';
import type { Final } from '../final.ts';

export type Told = AsyncDisposable & {
  /** Records of an issue by its key, up to what the log holds now, in the order of the log. */
  of(keys: readonly string[]): Promise<ReadonlyMap<string, Final['events']>>;
};

type Event = Final['events'][number];

const everyMs = 20;

/** Reads what is told of bounties as it comes, each record of the log once: from the start each time would be too much. */
export async function followEvents(log: EventLog): Promise<Told> {
  const byKey = new Map<string, Event[]>();
  const next = new Map<number, bigint>();
  const subscription = await log.subscribe({
    topics: ['bounty'], group: 'histories',
    handle({ key, value, partition, offset }) {
      const at = BigInt(offset);
      // It may come again when the log was away.
      if (at < (next.get(partition) ?? 0n)) return Promise.resolve();
      next.set(partition, at + 1n);
      const { id, type, sequence, data } = JSON.parse(value) as { id: string; type: string; sequence: string; data: Record<string, unknown> };
      const events = byKey.get(key) ?? [];
      byKey.set(key, events);
      events.push({ id, type: /^dev\.doubloon\.bounty\.(.+)\.v1$/.exec(type)?.[1] ?? type, sequence: BigInt(sequence), partition, data });
      return Promise.resolve();
    },
  });
  return {
    async of(keys) {
      const ends = await log.ends('bounty');
      while (ends.some(({ partition, offset }) => (next.get(partition) ?? 0n) < BigInt(offset))) await sleep(everyMs);
      return new Map(keys.map((key) => [key, byKey.get(key) ?? []]));
    },
    [Symbol.asyncDispose]: () => subscription[Symbol.asyncDispose](),
  };
}
