import { mayWrite, type Acts } from './acts.ts';
import type { InstallationActs } from './acts-installations.ts';
import type { Caller, Credentials } from './credentials.ts';
import type { Deliveries } from './deliveries.ts';
import type { Registrations } from './registrations.ts';
import { invalidField, notFound, Refusal } from './refusal.ts';
import { issueApi } from './shape-issue.ts';
import { atLeast, findComment, findIssue, findRepository, installationFor, roleOf, type Actor, type App, type Comment, type Issue, type PermissionLevel, type Permissions, type Repository, type World } from './world.ts';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** In place of a body: bytes as they are. */
  readonly raw?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** All rows of a list, of which the API sends the page that was asked for. */
  readonly rows?: readonly unknown[];
  /** Where the rows stand in the body, when the body is not the list itself. */
  readonly wrap?: (rows: readonly unknown[], total: number) => unknown;
}

export type Permission = 'issues' | 'pull_requests' | 'contents' | 'metadata';

/** One request to the API, with what its operation needs to answer it. Every getter refuses in GitHub's words. */
export class Call {
  readonly world: World;
  readonly acts: Acts;
  readonly credentials: Credentials;
  readonly deliveriesOf: (app: App) => Deliveries;
  readonly registrations: Registrations;
  readonly installing: InstallationActs;
  readonly caller: Caller;
  readonly method: string;
  /** Below the API's root. */
  readonly path: string;
  readonly accept: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(o: { world: World; acts: Acts; credentials: Credentials; deliveriesOf: (app: App) => Deliveries; registrations: Registrations; installing: InstallationActs; caller: Caller; method: string; path: string; accept: string; params: Readonly<Record<string, string>>; query: Readonly<Record<string, string>>; body: Readonly<Record<string, unknown>> }) {
    this.world = o.world;
    this.acts = o.acts;
    this.credentials = o.credentials;
    this.deliveriesOf = o.deliveriesOf;
    this.registrations = o.registrations;
    this.installing = o.installing;
    this.caller = o.caller;
    this.method = o.method;
    this.path = o.path;
    this.accept = o.accept;
    this.params = o.params;
    this.query = o.query;
    this.body = o.body;
  }

  param(name: string): string {
    const value = this.params[name];
    if (value === undefined) throw new TypeError(`the path has no {${name}}`);
    return value;
  }

  /** Only the App itself, by its JWT. */
  needApp(): App {
    if (this.caller.kind !== 'app') throw new Refusal(401, 'A JSON web token could not be decoded');
    return this.caller.app;
  }

  /** Who acts. Nobody acts by a JWT, or without credentials. */
  actor(): Actor {
    switch (this.caller.kind) {
      case 'person': return { account: this.caller.account, app: this.caller.via };
      case 'installation': return { account: this.caller.token.installation.app.bot, app: this.caller.token.installation.app };
      case 'anonymous': throw new Refusal(401, 'Requires authentication');
      case 'app': case 'client': throw new Refusal(403, 'Resource not accessible by integration');
    }
  }

  /** The repository of the path, when the caller may know that it exists. */
  repository(): Repository {
    const named = findRepository(this.world, this.param('owner'), this.param('repo'));
    const repository = named ?? this.world.formerNames.get(`${this.param('owner')}/${this.param('repo')}`.toLowerCase());
    if (repository === undefined || !this.world.repositories.includes(repository)) throw notFound();
    if (!this.sees(repository)) throw notFound();
    if (named === undefined) throw this.#movedTo(`${this.world.addresses.api}/repositories/${String(repository.id)}`, 4);
    return repository;
  }

  /** What is asked for is elsewhere now: GitHub sends on, with as many steps of the path as came after it. */
  #movedTo(where: string, steps: number): Refusal {
    const location = where + this.path.split('/').slice(steps).map((it) => `/${it}`).join('');
    return new Refusal(this.method === 'GET' ? 301 : 307, 'Moved Permanently', { headers: { location } });
  }

  /** Whether the caller may know of it. */
  sees(repository: Repository): boolean {
    return !repository.isPrivate || this.#sees(repository);
  }

  #sees(repository: Repository): boolean {
    if (this.caller.kind === 'person') return roleOf(repository, this.caller.account) !== undefined && (this.caller.via === undefined || installationFor(this.world, this.caller.via, repository) !== undefined);
    if (this.caller.kind !== 'installation') return false;
    const { token } = this.caller;
    return token.installation.repositories.has(repository) && (token.repositoryIds?.has(repository.id) ?? true);
  }

  /** Refuses an installation whose token does not carry the permission, or does not reach the repository. */
  need(repository: Repository, permission: Permission, level: PermissionLevel): void {
    if (this.caller.kind === 'app' || this.caller.kind === 'client') throw new Refusal(403, 'Resource not accessible by integration');
    if (this.caller.kind === 'anonymous' && level === 'write') throw new Refusal(401, 'Requires authentication');
    if (repository.isArchived && level === 'write') throw new Refusal(403, 'Repository was archived so is read-only.');
    const permissions = this.#permissions();
    if (permissions === undefined) return;
    const granted = permissions[permission];
    const readsInPublic = level === 'read' && !repository.isPrivate;
    const enough = level === 'read' ? granted !== undefined : granted === 'write';
    if (enough && (this.#sees(repository) || readsInPublic)) return;
    throw new Refusal(403, 'Resource not accessible by integration', { headers: { 'x-accepted-github-permissions': `${permission}=${level}` } });
  }

  /** What an App may do here at most; `undefined` when it is no App that asks. For a person, it may do no more than they may. */
  #permissions(): Permissions | undefined {
    if (this.caller.kind === 'installation') return this.caller.token.permissions;
    return this.caller.kind === 'person' ? this.caller.via?.permissions : undefined;
  }

  /** Issues need `issues`, pull requests need `pull_requests`, though they share their paths. */
  needOnIssue(issue: Issue, level: PermissionLevel): void {
    this.need(issue.repository, issue.pullRequest === undefined ? 'issues' : 'pull_requests', level);
  }

  /** Refuses to change a text of an issue that is locked. */
  needUnlocked(issue: Issue, what: string): void {
    if (!mayWrite(this.actor(), issue)) throw new Refusal(403, `Unable to ${what} because issue is locked.`);
  }

  /** A person without the role is told what GitHub tells them; installations are judged by their permissions. */
  needRole(repository: Repository, role: 'triage' | 'write', message: string): void {
    if (this.caller.kind === 'person' && !atLeast(roleOf(repository, this.caller.account), role)) throw new Refusal(403, message);
  }

  issue(): Issue {
    const repository = this.repository();
    const number = Number(this.param('issue_number'));
    const issue = findIssue(repository, number);
    const moved = repository.moved.get(number);
    if (issue === undefined && moved !== undefined && this.sees(moved.repository)) throw this.#movedTo(issueApi(moved, this.world.addresses), 6);
    if (issue === undefined) throw repository.deletedNumbers.has(number) ? new Refusal(410, 'This issue was deleted') : notFound();
    return issue;
  }

  comment(): Comment {
    const comment = findComment(this.repository(), Number(this.param('comment_id')));
    if (comment === undefined) throw notFound();
    return comment;
  }

  /** A text of the body that must not be blank. */
  text(resource: string, field: string, longest: number): string {
    const value = this.body[field];
    if (typeof value !== 'string') throw invalidField(resource, field, 'missing_field');
    if (value.trim() === '') throw invalidField(resource, field, 'custom', `${field} cannot be blank`);
    if ([...value].length > longest) throw invalidField(resource, field, 'custom', `${field} is too long (maximum is ${longest} characters)`);
    return value;
  }
}
