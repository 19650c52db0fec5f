/** Money of one denom as people read it: `1.5 SOL`. */
export interface MoneyView {
  readonly text: string;
  /** In capital letters. */
  readonly denom: string;
}

export type Standing = 'open' | 'awarded' | 'paid' | 'ended';

export interface IssueView {
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly isPullRequest: boolean;
  /** open | closed | deleted */
  readonly state: string;
  readonly labels: readonly string[];
  readonly language: string;
}

/** One bounty as the board shows it. */
export interface BountyView {
  /** `<repository id>-<issue id>`: what its page is called, whatever its repository is called by then. */
  readonly id: string;
  readonly issue: IssueView;
  readonly standing: Standing;
  /** What it is about now: in escrow, or what was paid; else what is offered. Never empty for one that is not `ended`. */
  readonly money: readonly MoneyView[];
  readonly isFunded: boolean;
  /** What is offered beside what is in escrow. */
  readonly offered: readonly MoneyView[];
  /** RFC 3339. */
  readonly changedAt: string;
  /** RFC 3339, of the money that goes back first; empty when none is in escrow. */
  readonly deadline: string;
  readonly funders: number;
}

export interface BoardView {
  readonly bounties: readonly BountyView[];
  /** Empty on the last page. */
  readonly nextCursor: string;
  /** Of all that match. */
  readonly inEscrow: readonly MoneyView[];
  readonly offered: readonly MoneyView[];
  readonly choices: { readonly denoms: readonly string[]; readonly languages: readonly string[]; readonly labels: readonly string[] };
  readonly cluster: string;
}
