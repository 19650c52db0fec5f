/** A small generator of pseudo-random numbers (mulberry32): the same seed draws the same. */
export interface Draw {
  /** A whole number from 0, below `end`. */
  below(end: number): number;
  /** True once in `times`, on average. */
  once(times: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** The same things in another order. */
  shuffle<T>(things: readonly T[]): T[];
}

export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return {
    below,
    once: (times) => below(times) === 0,
    pick<T>(from: readonly T[]): T {
      if (from.length === 0) throw new RangeError('there is nothing to pick from');
      return from[below(from.length)] as T;
    },
    shuffle: (things) => things.map((thing) => ({ thing, at: next() })).sort((one, other) => one.at - other.at).map(({ thing }) => thing),
  };
}
