import type { KeyObject } from 'node:crypto';
import type { Branch } from './files.ts';
import type { IdSpace } from './github-ids.ts';

/** The roles of a repository, weakest first. */
export const roles = ['read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What somebody is to an organisation. */
export type Membership = 'owner' | 'member';

/** What GitHub's older word for a permission says for a role: only the role's own name tells maintain and triage apart. */
export const folded = { read: 'read', triage: 'read', write: 'write', maintain: 'write', admin: 'admin' } as const;

export interface Account {
  readonly id: number;
  /** Changes, and may be somebody else's later: the id is who it is. */
  login: string;
  readonly name: string | null;
  readonly type: 'User' | 'Organization' | 'Bot';
  readonly createdAt: Date;
  isSuspended: boolean;
  /** Of an organisation, by account id. */
  readonly members: Map<number, Membership>;
}

/** Who stands where somebody was whose account is deleted: GitHub's own account for that. */
export const ghostId = 10_137;

export type PermissionLevel = 'read' | 'write';
export type Permissions = Readonly<Record<string, PermissionLevel>>;

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  /** Of its homepage; of this server's pages when it has none. */
  readonly externalUrl: string | undefined;
  /** Where people go after they installed it. */
  readonly setupUrl: string | undefined;
  /** Whether others than its owner may install it. */
  readonly isPublic: boolean;
  /** Whether whoever installs it is asked to authorize it at once. */
  readonly oauthOnInstall: boolean;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where people may be sent back to after they authorized it, the usual one first. */
  callbackUrls: readonly string[];
  readonly owner: Account;
  readonly bot: Account;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly createdAt: Date;
  readonly publicKey: KeyObject;
}

export interface Installation {
  readonly id: number;
  readonly app: App;
  readonly account: Account;
  readonly createdAt: Date;
  /** Those that were selected for it. */
  readonly repositories: Set<Repository>;
  suspended: { readonly at: Date; readonly by: Account } | undefined;
}

export interface Label {
  readonly id: number;
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
}

export const reactionContents = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'] as const;
export type ReactionContent = (typeof reactionContents)[number];

export interface Reaction {
  readonly id: number;
  user: Account;
  readonly content: ReactionContent;
  readonly createdAt: Date;
}

export interface Edit {
  readonly at: Date;
  readonly by: Account;
}

export interface Comment {
  readonly id: number;
  readonly issue: Issue;
  author: Account;
  readonly viaApp: App | undefined;
  readonly createdAt: Date;
  body: string;
  /** Hidden behind a line that says why, by somebody who may. */
  minimized: { readonly reason: string } | undefined;
  edits: Edit[];
  updatedAt: Date;
  reactions: Reaction[];
}

export type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED';

/** What somebody says of a pull request as a whole. */
export interface Review extends Comment {
  readonly issue: Pull;
  readonly state: ReviewState;
}

/** What a review says of a file. */
export interface ReviewComment extends Comment {
  readonly issue: Pull;
  readonly review: Review;
  readonly path: string;
}

export interface Commit {
  readonly sha: string;
  readonly message: string;
  /** The author and the co-authors. */
  readonly authors: readonly Account[];
  readonly at: Date;
}

export interface PullRequest {
  /** Of another space than the id of the issue that this pull request also is. */
  readonly id: number;
  /** The branch it brings, of `headRepository`, which is the repository itself or a fork. */
  readonly head: string;
  /** `undefined` when the fork was deleted. */
  headRepository: Repository | undefined;
  /** Whose the branch is, or was. */
  readonly headOwner: Account;
  /** The branch it is for. */
  readonly base: string;
  readonly commits: readonly Commit[];
  /** Issues that somebody linked by hand, beside those that its text says it closes. */
  readonly linked: Set<Issue>;
  readonly reviews: Review[];
  readonly reviewComments: ReviewComment[];
  merged: { readonly at: Date; readonly by: Account; readonly sha: string } | undefined;
}

export const closeReasons = ['completed', 'not_planned', 'duplicate'] as const;
export type CloseReason = (typeof closeReasons)[number];

/** What became of an issue or a pull request, as its list of events tells it. */
export interface IssueEvent {
  readonly id: number;
  readonly kind: 'closed' | 'reopened' | 'labeled' | 'unlabeled' | 'renamed' | 'locked' | 'unlocked' | 'merged' | 'transferred';
  actor: Account;
  readonly viaApp: App | undefined;
  readonly at: Date;
  /** Of closing an issue. */
  readonly reason?: CloseReason;
  /** The pull request whose merge closed an issue. */
  readonly closer?: Issue;
  readonly label?: Label;
  readonly rename?: { readonly from: string; readonly to: string };
  readonly lockReason?: string | null;
}

export interface Issue {
  /** The id of the issues API, for pull requests too. */
  readonly id: number;
  readonly number: number;
  readonly repository: Repository;
  author: Account;
  readonly viaApp: App | undefined;
  readonly createdAt: Date;
  readonly pullRequest: PullRequest | undefined;
  title: string;
  body: string | null;
  labels: Label[];
  closed: { readonly at: Date; readonly by: Account; readonly reason: CloseReason } | undefined;
  reopened: boolean;
  /** Only people with write access may write here while it is. */
  locked: { readonly reason: string | null } | undefined;
  edits: Edit[];
  updatedAt: Date;
  reactions: Reaction[];
  comments: Comment[];
  /** Oldest first. */
  events: IssueEvent[];
}

/** An issue that is a pull request. */
export type Pull = Issue & { readonly pullRequest: PullRequest };

export const isPull = (issue: Issue): issue is Pull => issue.pullRequest !== undefined;

/** What somebody may do in a repository. A custom role of an organisation has a name, and a role that it builds upon. */
export interface Grant {
  readonly role: Role;
  readonly name: string;
}

export interface Repository {
  readonly id: number;
  owner: Account;
  name: string;
  readonly description: string | null;
  readonly isPrivate: boolean;
  /** By account id. Whoever is not here has no role of their own. */
  readonly roles: Map<number, Grant>;
  readonly createdAt: Date;
  /** What it was forked from. */
  readonly parent: Repository | undefined;
  defaultBranch: string;
  /** Without one, nobody has pushed anything yet. */
  readonly branches: Map<string, Branch>;
  /** Nobody writes here while it is. */
  isArchived: boolean;
  labels: Label[];
  issues: Issue[];
  /** Numbers are never given twice, so a deleted issue's stays here. */
  deletedNumbers: Set<number>;
  /** Where issues of this repository went that were transferred, by the number they had here. */
  readonly moved: Map<number, Issue>;
  updatedAt: Date;
}

/** Who does something: a person, or an App through one of its installations. */
export interface Actor {
  readonly account: Account;
  readonly app: App | undefined;
}

/** Everything this GitHub knows. Only `acts.ts` changes it after the seed. */
export interface World {
  readonly now: () => Date;
  readonly nextId: (space: IdSpace) => number;
  readonly accounts: Account[];
  readonly repositories: Repository[];
  readonly installations: Installation[];
  readonly apps: App[];
  /** Where repositories were before they were renamed or moved, as `owner/name` in small letters. */
  readonly formerNames: Map<string, Repository>;
  /** Without a slash at the end. Known once the server listens. */
  addresses: { readonly html: string; readonly api: string };
}

/** GitHub's timestamps have whole seconds. */
export const timestamp = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

export const fullName = (repository: Repository): string => `${repository.owner.login}/${repository.name}`;

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

export const findAccount = (world: World, login: string): Account | undefined => world.accounts.find((it) => same(it.login, login));

export const findRepository = (world: World, owner: string, name: string): Repository | undefined =>
  world.repositories.find((it) => same(it.owner.login, owner) && same(it.name, name));

export const findIssue = (repository: Repository, number: number): Issue | undefined => repository.issues.find((it) => it.number === number);

export const findComment = (repository: Repository, id: number): Comment | undefined =>
  repository.issues.flatMap((it) => it.comments).find((it) => it.id === id);

export const findEvent = (repository: Repository, id: number): { issue: Issue; event: IssueEvent } | undefined =>
  repository.issues.flatMap((issue) => issue.events.map((event) => ({ issue, event }))).find(({ event }) => event.id === id);

export const findReview = (repository: Repository, id: number): Review | undefined =>
  repository.issues.flatMap((it) => it.pullRequest?.reviews ?? []).find((it) => it.id === id);

export const findReviewComment = (repository: Repository, id: number): ReviewComment | undefined =>
  repository.issues.flatMap((it) => it.pullRequest?.reviewComments ?? []).find((it) => it.id === id);

/** What is granted to somebody: their own role, what owning it or its organisation gives, or reading what is public. `undefined` is none at all. */
export function grantOf(repository: Repository, account: Account): Grant | undefined {
  const { owner } = repository;
  if (owner.id === account.id || owner.members.get(account.id) === 'owner') return { role: 'admin', name: 'admin' };
  return repository.roles.get(account.id) ?? (repository.isPrivate ? undefined : { role: 'read', name: 'read' });
}

export const roleOf = (repository: Repository, account: Account): Role | undefined => grantOf(repository, account)?.role;

export const atLeast = (role: Role | undefined, least: Role): boolean => role !== undefined && roles.indexOf(role) >= roles.indexOf(least);

/** The installation of that App through which it sees the repository. */
export const installationFor = (world: World, app: App, repository: Repository): Installation | undefined =>
  world.installations.find((it) => it.app === app && it.repositories.has(repository));

export const installationsOf = (world: World, app: App): Installation[] => world.installations.filter((it) => it.app === app);

/** Those whom one can be, or who can be given a role. */
export const peopleOf = (world: World): Account[] => world.accounts.filter((it) => it.type === 'User' && it.id !== ghostId);
