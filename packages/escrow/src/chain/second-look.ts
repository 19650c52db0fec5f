import type { FinalState } from './chain.ts';

/** What to do about something that seems to have ended: look again, with the slot to remember when that is another, or believe it. */
export type Look = { readonly believed: true } | { readonly believed: false; readonly remember?: bigint };

/**
 * One answer of one node is no proof of an end: it may be late, have forgotten, or show what is rolled back later. It is
 * believed when a second look, at a state that was final after everything the first one may have shown, finds the same.
 * `first` is the slot remembered from the first look, if there was one. A slot beyond what the node reaches now was never
 * there: then this is the first look.
 */
export function secondLook(first: bigint | undefined, { slot, reached }: Pick<FinalState, 'slot' | 'reached'>): Look {
  if (first === undefined || first > reached) return { believed: false, remember: reached };
  return slot > first ? { believed: true } : { believed: false };
}
