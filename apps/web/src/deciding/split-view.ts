import type { PlaceView } from './step-view.ts';

/** Who is to have which part. The login is display. */
export interface AwardeeView {
  readonly githubId: string;
  readonly login: string;
  readonly bps: number;
  /** Whether a wallet is linked; undefined when that is not known. */
  readonly isLinked: boolean | undefined;
}

/** What each would get of one deposit, in the order of the people. */
export interface SplitView {
  readonly deposit: string;
  readonly denom: string;
  readonly shares: readonly { readonly githubId: string; readonly bps: number; readonly amount: string; readonly text: string }[];
  /** Why a comment of a maintainer does not award it so. */
  readonly problem: string | undefined;
}

/** A split as it is previewed, and the comment that says the same. */
export interface PreviewView {
  readonly people: readonly AwardeeView[];
  readonly splits: readonly SplitView[];
  readonly comment: string;
}

/** What the person agrees to by signing an award, beside its shares. */
export interface AwardTermsView extends PlaceView {
  readonly deposit: string;
  readonly wallet: string;
  readonly createdSlot: string;
  readonly sequence: string;
  /** The key of this instance that signs too. */
  readonly relayer: string | undefined;
  /** Whether it is final as soon as it lands; otherwise when it is. */
  readonly atOnce: boolean;
  readonly finalAt: string;
  /** Why the relayer does not sign too although somebody is signed in. */
  readonly aloneBecause: string | undefined;
  /** In SOL, decimal text. */
  readonly networkFee: string;
}

export interface BuiltAward {
  /** base64 */
  readonly transaction: string;
  readonly terms: AwardTermsView;
}
