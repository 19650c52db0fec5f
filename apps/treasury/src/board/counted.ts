export interface CountedOptions {
  readonly everyMs: number;
  readonly now: () => Date;
}

/** So many questions are remembered at once: who asks others does not fill the memory. */
const mostKept = 200;

/**
 * Remembers for `everyMs` what was counted for a question, `key`: what looks at the whole board is not counted for each that
 * reads it, and nobody sees in a sum how old it is. Who asks meanwhile waits for the same count; one that failed is forgotten.
 */
export function createCounted<T>({ everyMs, now }: CountedOptions): (key: string, count: () => Promise<T>) => Promise<T> {
  const kept = new Map<string, { readonly at: number; readonly counted: Promise<T> }>();
  return (key, count) => {
    const at = now().getTime();
    const last = kept.get(key);
    if (last !== undefined && at - last.at < everyMs) return last.counted;
    for (const [old, { at: then }] of kept) if (at - then >= everyMs || kept.size >= mostKept) kept.delete(old);
    const one = { at, counted: count() };
    kept.set(key, one);
    one.counted.catch(() => { if (kept.get(key) === one) kept.delete(key); });
    return one.counted;
  };
}
