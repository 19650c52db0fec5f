import type { AmountProblem } from '../amount.ts';

/** Where a finding stands: `ordinal` counts findings from 0, `start` and `end` are UTF-16 offsets into the raw text. */
export interface Place {
  readonly ordinal: number;
  readonly start: number;
  readonly end: number;
}

export interface Share {
  /** As it was written; display only. It is resolved to a numeric id before anything is recorded. */
  readonly login: string;
  /** Basis points. All shares of an award add up to 10,000. */
  readonly bps: number;
}

/** `amount` is base units in decimal; `text` is the canonical decimal text of it. */
export type OfferFinding = { readonly kind: 'offer' } & Place & { readonly denom: string; readonly amount: string; readonly text: string };
export type OfferProblem = AmountProblem | 'too-many-offers';
export type RejectedOffer = { readonly kind: 'rejected' } & Place & { readonly denom: string; readonly reason: OfferProblem };
export type AwardFinding = { readonly kind: 'award' } & Place & ({ readonly shares: readonly Share[] } | { readonly pullRequest: number });
export type AwardProblem = 'shares' | 'duplicate' | 'too-many' | 'malformed';
export type RejectedAward = { readonly kind: 'rejected' } & Place & { readonly command: 'award'; readonly reason: AwardProblem };
export type WordCommand = 'attempt' | 'cancel' | 'veto' | 'status' | 'help';
export type WordFinding = { readonly kind: WordCommand } & Place;

/** What one comment asks for. JSON as it stands; the order of keys is the published one. */
export type Finding = OfferFinding | RejectedOffer | AwardFinding | RejectedAward | WordFinding;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** A finding without its place in the list of all findings. */
export type Meaning = DistributiveOmit<Finding, keyof Place>;
/** A meaning with the range it was read from. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly meaning: Meaning;
}
