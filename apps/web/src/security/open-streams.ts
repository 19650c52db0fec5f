export interface OpenStreams {
  /** Takes a place for `key`. Answers how to give it back, or `undefined` when this key, or everybody together, has no place left. */
  open(key: string): (() => void) | undefined;
  /** How many places are taken. */
  held(): number;
}

/** Bounds the answers that are kept open: one request each, and work as long as they last. */
export function createOpenStreams({ perKey, all }: { perKey: number; all: number }): OpenStreams {
  const held = new Map<string, number>();
  let total = 0;
  return {
    held: () => total,
    open(key) {
      const own = held.get(key) ?? 0;
      if (own >= perKey || total >= all) return undefined;
      held.set(key, own + 1);
      total++;
      let isOpen = true;
      return () => {
        if (!isOpen) return;
        isOpen = false;
        total--;
        const left = (held.get(key) ?? 1) - 1;
        if (left === 0) held.delete(key);
        else held.set(key, left);
      };
    },
  };
}
