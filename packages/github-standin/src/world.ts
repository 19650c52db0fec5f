import type { IdSpace } from './github-ids.ts';

/** The roles of a repository, weakest first. */
export const roles = ['read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Role = (typeof roles)[number];

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly name: string | null;
  readonly type: 'User' | 'Organization' | 'Bot';
  readonly createdAt: Date;
}

export type PermissionLevel = 'read' | 'write';
export type Permissions = Readonly<Record<string, PermissionLevel>>;

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where people may be sent back to after they authorized it, the usual one first. */
  callbackUrls: readonly string[];
  readonly owner: Account;
  readonly bot: Account;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly createdAt: Date;
}

export interface Installation {
  readonly id: number;
  readonly account: Account;
  readonly createdAt: Date;
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
  readonly user: Account;
  readonly content: ReactionContent;
  readonly createdAt: Date;
}

export interface Comment {
  readonly id: number;
  readonly issue: Issue;
  readonly author: Account;
  readonly viaApp: App | undefined;
  readonly createdAt: Date;
  body: string;
  /** Hidden behind a line that says why, by somebody who may. */
  minimized: { readonly reason: string } | undefined;
  updatedAt: Date;
  reactions: Reaction[];
}

export interface PullRequest {
  /** Of another space than the id of the issue that this pull request also is. */
  readonly id: number;
  readonly head: string;
}

export interface Issue {
  /** The id of the issues API, for pull requests too. */
  readonly id: number;
  readonly number: number;
  readonly repository: Repository;
  readonly author: Account;
  readonly viaApp: App | undefined;
  readonly createdAt: Date;
  readonly pullRequest: PullRequest | undefined;
  title: string;
  body: string | null;
  labels: Label[];
  closed: { at: Date; by: Account; reason: 'completed' | 'not_planned' } | undefined;
  reopened: boolean;
  /** Only people with write access may write here while it is. */
  locked: { readonly reason: string | null } | undefined;
  updatedAt: Date;
  reactions: Reaction[];
  comments: Comment[];
}

export interface Repository {
  readonly id: number;
  readonly owner: Account;
  readonly name: string;
  readonly description: string | null;
  readonly isPrivate: boolean;
  /** By account id. Whoever is not here has no role of their own. */
  readonly roles: ReadonlyMap<number, Role>;
  /** Not in the selection of the installation when `undefined`. */
  readonly installation: Installation | undefined;
  readonly createdAt: Date;
  /** Nobody writes here while it is. */
  isArchived: boolean;
  labels: Label[];
  issues: Issue[];
  /** Numbers are never given twice, so a deleted issue's stays here. */
  deletedNumbers: Set<number>;
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
  readonly app: App;
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

/** The role somebody has: their own, what owning it gives, or reading what is public. `undefined` is none at all. */
export function roleOf(repository: Repository, account: Account): Role | undefined {
  if (repository.owner.id === account.id) return 'admin';
  return repository.roles.get(account.id) ?? (repository.isPrivate ? undefined : 'read');
}

export const atLeast = (role: Role | undefined, least: Role): boolean => role !== undefined && roles.indexOf(role) >= roles.indexOf(least);
