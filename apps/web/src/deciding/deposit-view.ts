import type { PossibleStepView, SubmittedStepView } from './step-view.ts';

/** Whoever can decide on a deposit. */
export type Decider = 'funder' | 'relayer' | 'approver';

/** A share of an award, and what has become of it. Instants are RFC 3339 text; what is not there is undefined. */
export interface ShareView {
  readonly githubId: string;
  readonly bps: number;
  /** Base units, and canonical decimal text. */
  readonly amount: string;
  readonly text: string;
  readonly settled: 'paid' | 'refunded' | undefined;
  readonly signature: string | undefined;
  readonly wallet: string | undefined;
  /** What stands between it and its payout, as the treasury names it. */
  readonly waitsFor: string | undefined;
  readonly paysFrom: string | undefined;
  readonly claimableUntil: string | undefined;
}

export interface AwardView {
  readonly shares: readonly ShareView[];
  readonly by: readonly Decider[];
  readonly awardedAt: string;
  /** From when on it can’t be vetoed, and whether that has come. */
  readonly finalAt: string;
  readonly isFinal: boolean;
}

/** One deposit as the pages about deciding show it. */
export interface DepositView {
  readonly address: string;
  readonly state: 'held' | 'awarded' | 'paid' | 'refunded' | 'cancelled' | 'closed';
  readonly denom: string;
  readonly amount: string;
  readonly text: string;
  readonly heldText: string;
  readonly funder: string;
  readonly approver: string | undefined;
  readonly withRelayer: boolean;
  readonly deadline: string;
  readonly createdSlot: string;
  readonly sequence: string;
  readonly vetoed: boolean;
  readonly gone: boolean;
  readonly award: AwardView | undefined;
  /** The transaction that made it, and the one that sent it back. */
  readonly signature: string | undefined;
  readonly endSignature: string | undefined;
}

export interface IssueView {
  readonly repositoryId: string;
  readonly issueId: string;
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly url: string;
}

/** The deposits of one issue. */
export interface BountyView {
  readonly issue: IssueView;
  readonly deposits: readonly DepositView[];
  readonly cluster: string;
  readonly genesisHash: string;
}

/** One deposit with what can be done with it now, and what was done last. */
export interface StandingView {
  readonly deposit: DepositView;
  readonly issue: IssueView | undefined;
  readonly cluster: string;
  readonly genesisHash: string;
  readonly steps: readonly PossibleStepView[];
  /** The chain did not answer: nobody knows what is possible. */
  readonly stepsUnknown: boolean;
  readonly submitted: SubmittedStepView | undefined;
}

/** Logins by numeric id, for display. */
export type Logins = Readonly<Record<string, string>>;
