import type { KeyObject } from 'node:crypto';
import { DoubloonError } from '@doubloon/errors';
import { newAccount, newApp, newInstallation } from './accounts.ts';
import { commitSha, noCommit, treeSha, type Entry } from './files.ts';
import { createIds } from './github-ids.ts';
import { newPullRequest } from './pull-requests.ts';
import { roles, type Account, type Issue, type Label, type Permissions, type Repository, type Role, type World } from './world.ts';

export interface UserSeed {
  login: string;
  name?: string;
}

export interface IssueSeed {
  title: string;
  body?: string;
  author: string;
  labels?: readonly string[];
  /** Makes it a pull request from this branch, for the default branch; `authors` wrote its commit together, the author alone when left out. */
  pullRequest?: { head: string; authors?: readonly string[] };
  comments?: readonly { author: string; body: string }[];
}

export interface RepositorySeed {
  /** An owner who is not one of the users is an organisation. */
  owner: string;
  name: string;
  description?: string;
  private?: boolean;
  /** By login. */
  roles?: Readonly<Record<string, Role>>;
  /** Whether the App's installation sees it; it does unless this is `false`. */
  installed?: boolean;
  /** What stands on `main`, by path; a README when left out. */
  files?: Readonly<Record<string, string>>;
  issues?: readonly IssueSeed[];
}

export interface AppSeed {
  id?: number;
  slug?: string;
  name?: string;
  /** Of the web application flow. One that is the same at each start when it is left out. */
  clientSecret?: string;
  /** Where people who authorized it may be sent back to: at most ten, matched exactly. */
  callbackUrls?: readonly string[];
  /** In place of what Doubloon's App asks for. */
  permissions?: Permissions;
  events?: readonly string[];
}

export const defaultUsers: readonly UserSeed[] = [
  { login: 'ada', name: 'Ada Lovelace' },
  { login: 'grace', name: 'Grace Hopper' },
  { login: 'linus', name: 'Linus Pauling' },
  { login: 'maggie', name: 'Margaret Hamilton' },
];

/** linus maintains, grace writes, ada triages; maggie has no role anywhere. */
export const defaultRepositories: readonly RepositorySeed[] = [
  {
    owner: 'analytical-engines',
    name: 'difference',
    description: 'Tables of polynomial functions, by finite differences.',
    roles: { linus: 'maintain', grace: 'write', ada: 'triage' },
    issues: [
      { title: 'Carry is lost on the seventh wheel', body: 'With `987654321` on the first column the seventh wheel turns **without** its carry.\n\n- [x] seen on paper\n- [ ] seen in brass', author: 'grace', labels: ['bug'], comments: [{ author: 'linus', body: 'Seen here too. A fix is welcome.' }] },
      { title: 'Print tables in columns', body: 'One number per line wastes paper.', author: 'ada', labels: ['enhancement'] },
      { title: 'Document the operation cards', author: 'maggie' },
      { title: 'Turn the seventh wheel with its carry', body: 'Closes #1.', author: 'maggie', pullRequest: { head: 'carry' } },
    ],
  },
  {
    owner: 'analytical-engines',
    name: 'punched-cards',
    description: 'A reader for Jacquard cards.',
    roles: { linus: 'admin' },
    issues: [{ title: 'Cards with torn edges are read twice', body: 'The second reading moves the mill.', author: 'grace' }],
  },
  { owner: 'ada', name: 'notes', description: 'Notes on the engine.', roles: { grace: 'read' }, issues: [{ title: 'Note G has a wrong sign', body: 'In the fourth line of the table.', author: 'linus' }] },
];

/** What the App asks for. Nothing else is ever allowed to it. */
export const appPermissions = { issues: 'write', pull_requests: 'write', contents: 'read', metadata: 'read' } as const;
export const appEvents = ['issues', 'issue_comment', 'pull_request', 'pull_request_review', 'pull_request_review_comment', 'repository'] as const;

const day = 86_400_000;
const nameRule = /^[a-z\d](?:[a-z\d-]{0,38})$/i;
/** The first steps of our own addresses. */
const reserved = new Set(['api', 'app-manifests', 'apps', 'login', 'organizations', 'settings']);

export const canBeLogin = (login: string): boolean => nameRule.test(login) && !reserved.has(login);

function checkSeed(users: readonly UserSeed[], repositories: readonly RepositorySeed[]): void {
  const logins = new Set(users.map((it) => it.login));
  const people = repositories.flatMap((it) => [...Object.keys(it.roles ?? {}), ...(it.issues ?? []).flatMap((issue) => [issue.author, ...(issue.pullRequest?.authors ?? []), ...(issue.comments ?? []).map((comment) => comment.author)])]);
  const names = repositories.map((it) => `${it.owner}/${it.name}`.toLowerCase());
  const problems = [
    ...(users.length === 0 ? ['there has to be a user'] : []),
    ...[...logins, ...repositories.map((it) => it.owner)].filter((it) => !canBeLogin(it)).map((it) => `${it} can't be a login`),
    ...repositories.filter((it) => !/^[\w.-]{1,100}$/.test(it.name)).map((it) => `${it.name} can't be the name of a repository`),
    ...people.filter((it) => !logins.has(it)).map((it) => `${it} is not one of the users`),
    ...repositories.flatMap((it) => Object.values(it.roles ?? {})).filter((it) => !roles.includes(it)).map((it) => `${it} is not a role`),
    ...names.filter((it, at) => names.indexOf(it) !== at).map((it) => `${it} is there twice`),
  ];
  if (problems.length > 0) throw new DoubloonError('CONFIG_INVALID', { problems });
}

/**
 * A world with these users and repositories. The App is installed for every owner, unless there is to be none yet.
 * Throws `CONFIG_INVALID`.
 */
export function seedWorld(o: { users: readonly UserSeed[]; repositories: readonly RepositorySeed[]; app: (AppSeed & { publicKey: KeyObject }) | undefined; now: () => Date }): World {
  checkSeed(o.users, o.repositories);
  const nextId = createIds();
  const started = o.now().getTime();
  const createdAt = new Date(started - 400 * day);
  const users = o.users.map((it) => newAccount(nextId, it.login, 'User', createdAt, it.name));
  const isUser = (login: string) => users.some((it) => it.login === login);
  const organizations = [...new Set(o.repositories.map((it) => it.owner))].filter((it) => !isUser(it)).map((it) => newAccount(nextId, it, 'Organization', createdAt));
  const accounts = [...users, ...organizations];
  const world: World = { now: o.now, nextId, accounts, repositories: [], installations: [], apps: [], formerNames: new Map(), addresses: { html: '', api: '' } };
  const byLogin = (login: string): Account => {
    const found = accounts.find((it) => it.login === login);
    if (found === undefined) throw new TypeError(`${login} was checked to be there`);
    return found;
  };
  const owner = organizations[0] ?? users[0];
  const app = o.app === undefined || owner === undefined ? undefined : newApp(world, { owner, permissions: appPermissions, events: appEvents, slug: 'doubloon', name: 'Doubloon', callbackUrls: [], createdAt, ...o.app });

  for (const seed of o.repositories) {
    const of = byLogin(seed.owner);
    const entries = new Map(Object.entries(seed.files ?? { 'README.md': `# ${seed.name}\n` }).map(([path, text]): [string, Entry] => [path, { type: 'file', bytes: Buffer.from(text) }]));
    const repository: Repository = {
      id: nextId('repository'), owner: of, name: seed.name, description: seed.description ?? null, isPrivate: seed.private ?? false,
      roles: new Map(Object.entries(seed.roles ?? {}).map(([login, role]) => [byLogin(login).id, { role, name: role }])),
      createdAt, isArchived: false, labels: [], issues: [], deletedNumbers: new Set(), moved: new Map(), parent: undefined, updatedAt: createdAt, defaultBranch: 'main',
      branches: new Map([['main', { entries, sha: commitSha(noCommit, treeSha(entries), `Begin ${seed.owner}/${seed.name}`, createdAt) }]]),
    };
    world.repositories.push(repository);
    // Whoever has a role in a repository of an organisation is a member of it, until an act makes them an outside collaborator.
    if (of.type === 'Organization') for (const id of repository.roles.keys()) if (!of.members.has(id)) of.members.set(id, 'member');
    if (app !== undefined && seed.installed !== false) (world.installations.find((it) => it.account === of) ?? newInstallation(world, app, of, createdAt)).repositories.add(repository);
    const label = (called: string): Label => {
      const before = repository.labels.find((it) => it.name === called);
      if (before !== undefined) return before;
      const made = { id: nextId('label'), name: called, color: called === 'bug' ? 'd73a4a' : 'a2eeef', description: null };
      repository.labels.push(made);
      return made;
    };
    const seeds = seed.issues ?? [];
    seeds.forEach((it, at) => {
      const opened = new Date(started - (seeds.length - at + 1) * day);
      const issue: Issue = {
        id: nextId('issue'), number: at + 1, repository, author: byLogin(it.author), viaApp: undefined, createdAt: opened, title: it.title, body: it.body ?? null,
        pullRequest: it.pullRequest === undefined ? undefined : newPullRequest(nextId, { head: it.pullRequest.head, headRepository: repository, base: 'main', authors: (it.pullRequest.authors ?? [it.author]).map(byLogin), title: it.title, at: opened }),
        labels: (it.labels ?? []).map(label), closed: undefined, reopened: false, locked: undefined, edits: [], updatedAt: opened, reactions: [], comments: [], events: [],
      };
      issue.comments = (it.comments ?? []).map((comment) => ({
        id: nextId('comment'), issue, author: byLogin(comment.author), viaApp: undefined, createdAt: opened, body: comment.body, minimized: undefined, edits: [], updatedAt: opened, reactions: [],
      }));
      repository.issues.push(issue);
    });
  }
  return world;
}
