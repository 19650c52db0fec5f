import type { GitHubId } from '../ids.ts';

/** The roles of GitHub that decide about money, each with those above it. */
export const deciders = ['write', 'maintain', 'admin'] as const;
export type Decider = (typeof deciders)[number];

/** Base units; what is not there is not limited. */
export interface AmountLimit {
  readonly minimum?: bigint;
  readonly maximum?: bigint;
}

/** What a repository allows, by its `.github/doubloon.yml`. */
export interface Rules {
  /** Empty: all of the operator's. */
  readonly denoms: readonly string[];
  readonly limits: ReadonlyMap<string, AmountLimit>;
  /** Collaborators are those with the role triage or more: in public everybody reads. */
  readonly mayOffer: 'anyone' | 'collaborators';
  readonly mayAward: { readonly roles: readonly Decider[]; readonly users: readonly GitHubId[] };
  readonly deadlineSeconds: number;
  /** base58. */
  readonly approver: string | undefined;
  readonly selfAward: 'never' | 'sole-funder';
  readonly labels: boolean;
  readonly silent: boolean;
  readonly shadow: boolean;
  /** 0: awards only by command. */
  readonly autoAwardAfterSeconds: number;
}

/** The role and those above it. */
export const andAbove = (role: Decider): readonly Decider[] => deciders.slice(deciders.indexOf(role));

/** What holds where nobody wrote a file. */
export const defaultRules: Rules = {
  denoms: [],
  limits: new Map(),
  mayOffer: 'anyone',
  mayAward: { roles: andAbove('maintain'), users: [] },
  deadlineSeconds: 90 * 86_400,
  approver: undefined,
  selfAward: 'sole-funder',
  labels: true,
  silent: false,
  shadow: false,
  autoAwardAfterSeconds: 0,
};
