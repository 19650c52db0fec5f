interface Bucket {
  tokens: number;
  at: number;
}

export interface RateLimit {
  /** Takes one token of `key`; false when none is left. */
  take(key: string): boolean;
}

/**
 * A token bucket per key: `burst` at once, `perMinute` in the long run. Holds at most `keys` buckets and forgets the
 * least recently used, so that a flood of addresses can't grow it.
 */
export function createRateLimit({ burst, perMinute, keys, now }: { burst: number; perMinute: number; keys: number; now: () => number }): RateLimit {
  const buckets = new Map<string, Bucket>();
  return {
    take(key) {
      const at = now();
      const known = buckets.get(key) ?? { tokens: burst, at };
      const tokens = Math.min(burst, known.tokens + ((at - known.at) / 60_000) * perMinute);
      const granted = tokens >= 1;
      buckets.delete(key);
      buckets.set(key, { tokens: granted ? tokens - 1 : tokens, at });
      if (buckets.size > keys) buckets.delete(buckets.keys().next().value as string);
      return granted;
    },
  };
}
