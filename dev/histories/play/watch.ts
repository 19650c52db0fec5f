import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waiting for what many wait for at once: one question for all of them, again and again while anybody waits. A question that
 * fails is asked again, because what is asked may be broken at the time.
 */
export interface Watch<Key, Value> {
  /** The first answer that `wanted` says yes to; undefined when there was none until `end`, in milliseconds of the wall clock. */
  until(key: Key, wanted: (value: Value | undefined) => boolean, end: number): Promise<{ readonly value: Value | undefined } | undefined>;
}

interface Waiting<Key, Value> {
  readonly key: Key;
  readonly wanted: (value: Value | undefined) => boolean;
  readonly end: number;
  readonly settle: (answer: { readonly value: Value | undefined } | undefined) => void;
}

export function watching<Key extends string, Value>(everyMs: number, read: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>): Watch<Key, Value> {
  const all = new Set<Waiting<Key, Value>>();
  let isAsking = false;

  async function ask(): Promise<void> {
    isAsking = true;
    while (all.size > 0) {
      const asked = [...all];
      const found = await read([...new Set(asked.map(({ key }) => key))]).catch(() => undefined);
      const now = Date.now();
      for (const one of asked) {
        const value = found?.get(one.key);
        if (found !== undefined && one.wanted(value)) one.settle({ value });
        else if (now >= one.end) one.settle(undefined);
        else continue;
        all.delete(one);
      }
      if (all.size > 0) await sleep(everyMs);
    }
    isAsking = false;
  }

  return {
    until: (key, wanted, end) => new Promise((resolve) => {
      all.add({ key, wanted, end, settle: resolve });
      if (!isAsking) void ask();
    }),
  };
}
