import type { Figure } from './benchmark.ts';

/** Lets the contestants run in turn, a b a b …, so that a busy moment of the machine meets all of them; the first `warmUp` rounds don't count. */
export async function inTurns<Name extends string, T>(contestants: Readonly<Record<Name, () => T | Promise<T>>>, { rounds, warmUp = 1 }: { rounds: number; warmUp?: number }): Promise<Record<Name, T[]>> {
  const names = Object.keys(contestants) as Name[];
  const found = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, T[]>;
  for (let round = -warmUp; round < rounds; round++) {
    for (const name of names) {
      const value = await contestants[name]();
      if (round >= 0) found[name].push(value);
    }
  }
  return found;
}

/** The smallest sample that at least `share` (0 to 1) of all do not exceed. NaN of none. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** The middle one, or the mean of the two in the middle. NaN of none. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** Medians over the rounds, and the median of the ratios within each round. */
export const compared = (name: string, unit: string, ours: readonly number[], baseline: readonly number[]): Figure => ({
  name, unit, ours: median(ours), baseline: median(baseline), ratio: median(ours.map((value, round) => value / (baseline[round] ?? Number.NaN))), n: ours.length,
});
