import type { GitHubId } from '../ids.ts';

/** Where a text with commands can stand. The numeric id counts within its kind. */
export type SourceKind = 'issue' | 'issue-comment' | 'review' | 'review-comment';
export interface Source {
  readonly kind: SourceKind;
  readonly id: GitHubId;
}

/** What an offer asks for. `amount` is base units. */
export interface OfferTerms {
  readonly denom: string;
  readonly amount: bigint;
}

/** `nth` counts equal terms of one source from 0: the same offer twice in one comment is two offers. */
export type NumberedOffer = OfferTerms & { readonly nth: number };

/** The identity of an offer as text: the same line of the same source gives the same key, on every delivery. */
export function offerKey({ kind, id }: Source, { denom, amount, nth }: NumberedOffer): string {
  return `${kind}:${id}:${denom}:${amount.toString()}:${String(nth)}`;
}

/** Counts equal terms, in the order of the text. */
export function numberOffers(offers: readonly OfferTerms[]): NumberedOffer[] {
  const seen = new Map<string, number>();
  return offers.map(({ denom, amount }) => {
    const terms = `${denom}:${amount.toString()}`;
    const nth = seen.get(terms) ?? 0;
    seen.set(terms, nth + 1);
    return { denom, amount, nth };
  });
}

/** What an edit did to the offers of one source. Each of `before` and `after` stands in exactly one place. */
export interface OfferChanges {
  readonly kept: readonly NumberedOffer[];
  /** The old link says "replaced" and points on to the new offer. */
  readonly replaced: readonly { readonly before: NumberedOffer; readonly after: NumberedOffer }[];
  readonly vanished: readonly NumberedOffer[];
  readonly added: readonly NumberedOffer[];
}

/**
 * Compares the offers of a text before and after an edit, each in the order of the text. What stayed is kept wherever it
 * moved to. Of the rest, a vanished offer is replaced by the first new one of its denom, else by the first new one left.
 */
export function diffOffers(before: readonly OfferTerms[], after: readonly OfferTerms[]): OfferChanges {
  const old = numberOffers(before);
  const now = numberOffers(after);
  const key = ({ denom, amount, nth }: NumberedOffer): string => `${denom}:${amount.toString()}:${String(nth)}`;
  const oldKeys = new Set(old.map(key));
  const nowKeys = new Set(now.map(key));
  const gone = old.filter((offer) => !nowKeys.has(key(offer)));
  const free = now.filter((offer) => !oldKeys.has(key(offer)));

  const pairs = new Map<NumberedOffer, NumberedOffer>();
  const pair = (fits: (one: NumberedOffer, other: NumberedOffer) => boolean): void => {
    for (const one of gone) {
      const index = pairs.has(one) ? -1 : free.findIndex((other) => fits(one, other));
      if (index !== -1) pairs.set(one, ...(free.splice(index, 1) as [NumberedOffer]));
    }
  };
  pair((one, other) => one.denom === other.denom);
  pair(() => true);

  return {
    kept: now.filter((offer) => oldKeys.has(key(offer))),
    replaced: gone.flatMap((one) => { const other = pairs.get(one); return other ? [{ before: one, after: other }] : []; }),
    vanished: gone.filter((one) => !pairs.has(one)),
    added: free,
  };
}
