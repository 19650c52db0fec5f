import type { GitHubId } from '@doubloon/domain';
import type { Rules, RulesFile } from '@doubloon/domain/rules';

export const actions = ['offer', 'withdraw', 'award', 'veto', 'cancel', 'attempt', 'configure'] as const;
export type Action = (typeof actions)[number];

/** Weakest first. What a custom role counts as is the weakest that GitHub's own word for it allows. */
export const roles = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Somebody as GitHub describes them now. */
export interface Account {
  readonly id: GitHubId;
  /** Display. */
  readonly login: string;
  /** `ghost` stands for everybody whose account is deleted. */
  readonly kind: 'user' | 'bot' | 'organization' | 'ghost';
  readonly isSuspended: boolean;
}

/** A share as a text names it, and whom GitHub knows by that name now. */
export interface NamedShare {
  readonly account: Account | undefined;
  readonly bps: number;
}

/** What a text asks for, as far as it matters here. */
export type Asked =
  | { readonly kind: 'offer'; readonly denom: string; readonly amount: bigint }
  | { readonly kind: 'award'; readonly shares: readonly NamedShare[] }
  | { readonly kind: 'veto' | 'cancel' | 'attempt' };

/** The text that a command stands in, as it is now. */
export type SourceText =
  /** `gone`: GitHub has no such text. `elsewhere`: it belongs to another issue than was said. */
  | { readonly state: 'gone' | 'elsewhere' }
  | {
    readonly state: 'stands';
    readonly author: Account;
    /** Written by an App, in whoever's name. `undefined` where GitHub does not say, as of reviews. */
    readonly isByApp: boolean | undefined;
    /** `undefined` where nobody asked. */
    readonly isEdited: boolean | undefined;
    readonly asks: readonly Asked[];
  };

/** Something that happened at GitHub and stands in the place of a text: a pull request was merged, or the issue was closed. */
export interface Deed {
  readonly kind: 'pull-request' | 'closing';
  readonly id: GitHubId;
  /** By GitHub's clock; `undefined` where it did not happen. */
  readonly at: Date | undefined;
}

/** A pull request that was merged into the default branch of the issue's repository and closes the issue by reference. */
export interface Merge {
  readonly id: GitHubId;
  readonly author: Account;
  readonly mergedBy: Account;
  readonly at: Date;
}

/** What became of the issue. */
export interface IssueFacts {
  /** `undefined` while it is open. */
  readonly closedAs: 'completed' | 'not_planned' | 'duplicate' | undefined;
  /** The pull requests by whose merge GitHub closed it the last time; none where somebody did. */
  readonly closedBy: readonly GitHubId[];
  readonly merges: readonly Merge[];
  /** There may be more of them than were read. */
  readonly hasMore: boolean;
}

/** A deposit, with what bound it when it was made. */
export interface StakeFacts {
  readonly deposit: string;
  readonly fundedAt: Date;
  /** Whom the funder's wallet is linked to; one wallet may be linked to several accounts. */
  readonly funders: readonly GitHubId[];
  /** The issue has another repository, or the repository another owner, than when it was funded. */
  readonly isMoved: boolean;
  /** The funder's own key has awarded the same already. */
  readonly isAgreed: boolean;
  /** In force at the time: more than one where they changed about then, since the clocks of chain and services differ. */
  readonly rules: readonly Rules[];
  /** Of who acts, in the repository that the deposit carries. */
  readonly role: Role;
}

/** All that a decision depends on. */
export interface Facts {
  readonly action: Action;
  /** When this was asked, by our clock. */
  readonly at: Date;
  /** `undefined` when no text was named. What somebody did is here as if they had written what the rules make of it. */
  readonly source: SourceText | undefined;
  /** `undefined` where a text or nothing was named. */
  readonly deed: Deed | undefined;
  /** `undefined` where nothing depends on it. */
  readonly issue: IssueFacts | undefined;
  /** The person of a session, where one was named. */
  readonly session: Account | undefined;
  /** An id was named that GitHub knows nobody by. */
  readonly isSessionUnknown: boolean;
  readonly repository: { readonly isArchived: boolean };
  /** Of who acts, in the repository of now; `none` where nobody asked. */
  readonly role: Role;
  readonly rules: RulesFile;
  /** The operator's denoms with their decimals. */
  readonly denoms: ReadonlyMap<string, number>;
  readonly money: { readonly denom: string; readonly amount: bigint } | undefined;
  /** Who is to be paid, as the caller understood it. */
  readonly awardees: readonly { readonly id: GitHubId; readonly bps: number }[];
  readonly stakes: readonly StakeFacts[];
}

/** Who acts: the author of the text, or the person of a session where there is none. */
export const actorOf = ({ source, session }: Pick<Facts, 'source' | 'session'>): Account | undefined => (source?.state === 'stands' ? source.author : session);
