import { drawFrom } from '../../apps/github-app/testing/draw.ts';
import { inputsOf } from './corpus.ts';
import { judge } from './judge.ts';
import { mutate } from './mutate.ts';
import type { Target } from './target.ts';

export interface Hunt {
  readonly tried: number;
  /** Short inputs that had an outcome which none before them had. */
  readonly fresh: readonly Uint8Array[];
  readonly fault: { readonly bytes: Uint8Array; readonly what: string } | undefined;
}

/** What grows the corpus stays small. */
const longestKept = 2_000;
const mostOutcomes = 60;

/** Tries inputs like the known ones until `isOver`, or until one must not be. What a seed tries depends on the inputs that are known. `inHand` hears of each before it is tried. */
export async function hunt(target: Target, { seed, isOver, inHand }: { seed: number; isOver: (tried: number) => boolean; inHand?: (bytes: Uint8Array) => void }): Promise<Hunt> {
  const draw = drawFrom(seed);
  const pool = inputsOf(target);
  const outcomes = new Set<string>();
  const fresh: Uint8Array[] = [];
  for (const bytes of pool) {
    inHand?.(bytes);
    const verdict = await judge(target, bytes);
    if ('fault' in verdict) return { tried: 0, fresh, fault: { bytes, what: verdict.fault } };
    outcomes.add(verdict.outcome);
  }
  let tried = 0;
  for (; !isOver(tried); tried++) {
    const bytes = mutate(draw.pick(pool), { draw, words: target.words, others: pool });
    inHand?.(bytes);
    const verdict = await judge(target, bytes);
    if ('fault' in verdict) return { tried, fresh, fault: { bytes, what: verdict.fault } };
    if (outcomes.has(verdict.outcome) || bytes.length > longestKept || outcomes.size >= mostOutcomes) continue;
    outcomes.add(verdict.outcome);
    pool.push(bytes);
    fresh.push(bytes);
  }
  return { tried, fresh, fault: undefined };
}
