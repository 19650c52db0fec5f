/** Who takes part in a history. Everybody is new on GitHub and has a wallet of their own; the maintainer has the role in the repository. */
export const parts = ['funder', 'patron', 'worker', 'helper', 'maintainer', 'stranger'] as const;
export type Part = (typeof parts)[number];

export type Denom = 'sol' | 'usdc';

/** Base units. */
export interface Wish {
  readonly denom: Denom;
  readonly amount: bigint;
}

export interface ShareOf {
  readonly to: Part;
  readonly bps: number;
}

/** What somebody does. A number refers to the place of an earlier operation in the same history. */
export type Deed =
  /** A comment with these wishes as prose, with the same as code (that asks for nothing), or with words alone. */
  | { readonly kind: 'say'; readonly by: Part; readonly wishes: readonly Wish[]; readonly as: 'prose' | 'code' | 'words' }
  | { readonly kind: 'edit'; readonly of: number; readonly wishes: readonly Wish[] }
  | { readonly kind: 'remove'; readonly of: number }
  /** Funds the newest open offer of a wish: by the page of the website, or by the calls that it makes. `twice`: the signed bytes are handed in again. */
  | { readonly kind: 'fund'; readonly by: Part; readonly of: number; readonly wish: number; readonly way: 'page' | 'call'; readonly twice: boolean }
  | { readonly kind: 'link'; readonly by: Part }
  | { readonly kind: 'pull'; readonly by: Part; readonly with?: Part }
  | { readonly kind: 'merge'; readonly of: number }
  | { readonly kind: 'attempt'; readonly by: Part }
  /** `/award` in a comment: shares, or a pull request. By somebody who may not, it decides nothing. */
  | { readonly kind: 'award'; readonly by: Part; readonly to: readonly ShareOf[] | { readonly pull: number } }
  /** By the wallet of whoever funded it. `of` is a `fund`. */
  | { readonly kind: 'sign-award'; readonly of: number; readonly to: readonly ShareOf[] }
  | { readonly kind: 'veto'; readonly by: Part }
  | { readonly kind: 'sign-veto'; readonly of: number }
  | { readonly kind: 'cancel'; readonly by: Part }
  | { readonly kind: 'close'; readonly as: 'completed' | 'not_planned' }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'retitle' }
  | { readonly kind: 'rename'; readonly who: Part }
  | { readonly kind: 'rename-repository' }
  /** Anybody's transaction, without us: pays a share that is final, or sends back what is due. `of` is a `fund`. */
  | { readonly kind: 'pay'; readonly of: number; readonly share: number }
  | { readonly kind: 'refund'; readonly of: number };

/** Between two rounds everything comes to rest, and the clock of the chain moves. */
export type Round = 0 | 1 | 2 | 3 | 4;
/** By how many seconds the chain's clock moves before a round. */
export const journeys: Readonly<Record<Round, number>> = { 0: 0, 1: 73 * 3600, 2: 73 * 3600, 3: 73 * 3600, 4: 94 * 86_400 };

export type Operation = Deed & { readonly round: Round };

/** On an issue of its own in one of the repositories of the stack. */
export interface History {
  readonly seed: number;
  /** Place of the repository in the stack. */
  readonly repository: number;
  /** By round, and in a round in the order in which they are done; at least 20. */
  readonly operations: readonly Operation[];
}

/**
 * What came of an operation: done, refused with a code, or nobody knows, because no answer came. On GitHub everything is
 * done at once; for what is signed the answer of the website or of the treasury counts.
 */
export interface Act {
  /** Place of the operation. */
  readonly of: number;
  readonly outcome: 'done' | 'refused' | 'unknown';
  readonly code?: string;
  /** Of the comment, where one was written. */
  readonly comment?: string;
  /** Where one was opened: its number, and its id in the API of pull requests. */
  readonly pull?: { readonly number: number; readonly id: string };
  /** Of each transaction that was signed for it, in their order, answered or not: a person whose transaction ran out of time signs another one. */
  readonly signed?: readonly { readonly signature: string; readonly deposit?: string; readonly offer?: string; readonly hasLanded: boolean }[];
}
