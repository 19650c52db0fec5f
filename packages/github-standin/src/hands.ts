import { DoubloonError } from '@doubloon/errors';
import { mayClose, mayDelete, mayEdit, mayMerge, type Acts } from './acts.ts';
import { push } from './acts-files.ts';
import { mayManage, type InstallationActs } from './acts-installations.ts';
import { grantOfWords, type PeopleActs } from './acts-people.ts';
import type { PullActs } from './acts-pulls.ts';
import type { RepositoryActs } from './acts-repositories.ts';
import type { Entry } from './files.ts';
import { readManifest } from './manifest.ts';
import type { OAuth } from './oauth.ts';
import { newKeyPair } from './private-key.ts';
import type { Registrations } from './registrations.ts';
import { afterInstall } from './serve-apps.ts';
import { commentShape, issueShape } from './shape-issue.ts';
import type { Happening } from './webhooks.ts';
import { atLeast, findAccount, findComment, findIssue, findRepository, fullName, peopleOf, roleOf, type Account, type App, type CloseReason, type Comment, type Installation, type Issue, type Membership, type Repository, type Role, type World } from './world.ts';

/** What stands at a path: text or bytes of a file, a link, a submodule, or nothing any more. */
export type Written = string | Uint8Array | { readonly symlink: string } | { readonly submodule: string; readonly sha: string } | null;

/**
 * What a script does by hand, in place of people at the pages. Repositories are `owner/name`, accounts are logins.
 * Whatever names nothing that is here, or is not allowed, throws `REQUEST_INVALID`.
 */
export interface Hands {
  /**
   * Plays a person to whom the App showed an authorize URL, in place of the page: answers where their browser goes next,
   * with `code` and `state`, or with GitHub's `error`.
   */
  authorize(o: { user: string; url: string; cancel?: boolean }): string;
  /**
   * Plays a person who is brought to `…/settings/apps/new?state=…` with a manifest and says yes, under the name of the manifest or another:
   * answers where their browser goes next, with `code` and `state`. The App is registered then.
   */
  register(o: { user: string; url: string; manifest: string; name?: string }): Promise<string>;
  /** Plays a person who installs an App, by its slug, for an owner, or chooses other repositories later. All of the owner's when they are left out. */
  install(o: { user: string; app: string; owner: string; repositories?: readonly string[] }): { installationId: number; goesTo: string };
  /** The installation sees nothing, until that ends. */
  suspendInstallation(app: string, owner: string, isSuspended?: boolean): void;
  uninstall(app: string, owner: string): void;
  /** Comments as a person, and fires the webhook. */
  comment(user: string, repository: string, issue: number, body: string): { id: number; htmlUrl: string };
  /** Changes a comment as its author, or as somebody with write access. */
  editComment(user: string, repository: string, commentId: number, body: string): void;
  /** The ids of an issue, as its API gives them. */
  issue(repository: string, number: number): { id: number; repositoryId: number; htmlUrl: string };
  /** Makes a repository read-only, or ends that. */
  archive(repository: string, isArchived?: boolean): void;
  /** Hides a comment, as people with triage access may: off-topic, resolved, spam. */
  minimize(repository: string, commentId: number, reason?: string): void;

  openIssue(user: string, repository: string, o: { title: string; body?: string }): { number: number; id: number };
  /** Changes title or text of an issue or a pull request, as its author, or as somebody with write access. */
  editIssue(user: string, repository: string, number: number, to: { title?: string; body?: string }): void;
  closeIssue(user: string, repository: string, number: number, reason?: CloseReason): void;
  reopenIssue(user: string, repository: string, number: number): void;
  deleteIssue(user: string, repository: string, number: number): void;
  /** To a repository of the same owner: other ids there, and GitHub sends on from here. */
  transferIssue(user: string, repository: string, number: number, to: string): { number: number; id: number };
  /** The issue is closed and locked; discussions are not here. */
  convertToDiscussion(user: string, repository: string, number: number): void;
  /** From a branch of the repository, or of a fork (`from`). `authors` wrote the commit together; the user alone when left out. */
  openPull(user: string, repository: string, o: { title: string; body?: string; head: string; from?: string; base?: string; authors?: readonly string[] }): { number: number; id: number };
  /** Merges into its base, and closes what it closes when that is the default branch. */
  merge(user: string, repository: string, number: number): { sha: string };
  /** Links an issue to a pull request by hand, or takes that away. */
  link(repository: string, pull: number, issue: number, isLinked?: boolean): void;

  /** To another name, or to another owner: GitHub sends on from where it was, until somebody has one there. */
  renameRepository(repository: string, to: string): void;
  transferRepository(repository: string, to: string): void;
  /** A copy of the repository for somebody: `login/name`. */
  fork(repository: string, login: string): string;
  deleteRepository(repository: string): void;

  /** Who has that login now. */
  account(login: string): { id: number; login: string; type: Account['type'] };
  /** A new person, under a new id though the login was somebody's before. */
  addUser(login: string, name?: string): { id: number; token: string };
  addOrganization(login: string): { id: number };
  /** The login of a bot ends in `[bot]`. */
  addBot(login: string): { id: number };
  /** The old login is nobody's from now on, and can be taken. */
  rename(login: string, to: string): void;
  /** Their repositories go, and what they wrote is the ghost's. */
  deleteAccount(login: string): void;
  /** GitHub lets them do nothing, and its API knows them no more, until that ends. */
  suspend(login: string, isSuspended?: boolean): void;
  /** `undefined` takes it away; a custom role builds upon one of GitHub's. Fires `member`, for Apps that want it. */
  setRole(repository: string, login: string, role: Role | { name: string; base: Role } | undefined, by?: string): void;
  /** `undefined` makes of a member an outside collaborator. Owners are administrators of all repositories of theirs. */
  setMembership(organization: string, login: string, membership: Membership | undefined): void;

  /** One commit on top of a branch, with its webhook `push`; the default branch when it is left out, a new one when nobody has it. */
  push(o: { repository: string; files: Readonly<Record<string, Written>>; branch?: string; by?: string; message?: string }): { sha: string };
  setDefaultBranch(repository: string, branch: string): void;
}

const refuse = (problem: string): DoubloonError => new DoubloonError('REQUEST_INVALID', { problem });

function entryOf(written: Exclude<Written, null>): Entry {
  if (typeof written === 'string' || written instanceof Uint8Array) return { type: 'file', bytes: Buffer.from(written) };
  return 'symlink' in written ? { type: 'symlink', target: written.symlink } : { type: 'submodule', url: written.submodule, sha: written.sha };
}

/** The hands of a script in this world. `tokens` are the personal ones by login, to which those of new people are added. */
export function handsOf({ world, acts, pulls, repositories, people, oauth, registrations, installing, tokens, tell }: { world: World; acts: Acts; pulls: PullActs; repositories: RepositoryActs; people: PeopleActs; oauth: OAuth; registrations: Registrations; installing: InstallationActs; tokens: Record<string, string>; tell: (happening: Happening) => void }): Hands {
  const accountOf = (login: string): Account => {
    const found = findAccount(world, login);
    if (found === undefined) throw refuse(`${login} is not here`);
    return found;
  };
  const personOf = (login: string): Account => {
    const found = findAccount(world, login);
    if (found === undefined || !peopleOf(world).includes(found)) throw refuse(`${login} is not one of the users`);
    return found;
  };
  const actorOf = (login: string) => {
    const account = personOf(login);
    if (account.isSuspended) throw refuse(`${login} is suspended`);
    return { account, app: undefined };
  };
  const repositoryOf = (called: string): Repository => {
    const [owner = '', name = ''] = called.split('/');
    const found = findRepository(world, owner, name);
    if (found === undefined) throw refuse(`${called} is not here`);
    return found;
  };
  const issueOf = (repository: string, number: number): Issue => {
    const issue = findIssue(repositoryOf(repository), number);
    if (issue === undefined) throw refuse(`${repository}#${String(number)} is not here`);
    return issue;
  };
  const commentOf = (repository: string, id: number): Comment => {
    const comment = findComment(repositoryOf(repository), id);
    if (comment === undefined) throw refuse(`${repository} has no comment ${String(id)}`);
    return comment;
  };
  const appOf = (slug: string): App => {
    const app = world.apps.find((it) => it.slug === slug);
    if (app === undefined) throw refuse(`there is no App ${slug}`);
    return app;
  };
  const installationOf = (slug: string, login: string): Installation => {
    const found = world.installations.find((it) => it.app === appOf(slug) && it.account === accountOf(login));
    if (found === undefined) throw refuse(`${login} has not installed ${slug}`);
    return found;
  };
  const need = (isSo: boolean, problem: string): void => {
    if (!isSo) throw refuse(problem);
  };
  const needText = (body: string): void => {
    if (body.trim() === '') throw refuse('a comment must not be blank');
  };

  return {
    authorize({ user, url: asked, cancel = false }) {
      const at = URL.parse(asked);
      const wish = at === null || `${at.origin}${at.pathname}` !== `${world.addresses.html}/login/oauth/authorize` ? undefined : oauth.read(at.searchParams);
      if (wish === undefined) throw refuse(`${asked} asks nobody to authorize an App that is here`);
      if ('refusal' in wish) return wish.refusal;
      const { account } = actorOf(user);
      return cancel ? oauth.deny(wish) : oauth.authorize(wish, account);
    },
    async register({ user, url: asked, manifest: text, name }) {
      const at = URL.parse(asked);
      const [, organization] = /^\/(?:organizations\/([^/]+)\/)?settings\/apps\/new$/.exec(at?.pathname ?? '') ?? [];
      if (at?.origin !== world.addresses.html || !at.pathname.endsWith('/settings/apps/new')) throw refuse(`${asked} registers no App here`);
      const { account } = actorOf(user);
      const owner = organization === undefined ? account : accountOf(organization);
      if (!mayManage(world, account, owner)) throw refuse(`${user} may register no App for ${owner.login}`);
      const manifest = readManifest(text);
      if ('problems' in manifest) throw refuse(manifest.problems.join(' '));
      const called = name ?? manifest.name ?? '';
      const problem = registrations.problemOf(called, owner);
      if (problem !== undefined) throw refuse(problem);
      const pending = registrations.bring({ manifest, owner, state: at.searchParams.get('state') ?? undefined });
      const to = registrations.create(pending, owner, called, await newKeyPair());
      if (to === undefined) throw new TypeError('the manifest was just brought');
      return to;
    },
    install({ user, app: slug, owner: login, repositories: called }) {
      const [{ account: by }, app, owner] = [actorOf(user), appOf(slug), accountOf(login)];
      if (!mayManage(world, by, owner)) throw refuse(`${user} may install nothing for ${login}`);
      if (!app.isPublic && owner !== app.owner) throw refuse(`${slug} is for ${app.owner.login} only`);
      const chosen = called === undefined ? world.repositories.filter((it) => it.owner === owner) : called.map(repositoryOf);
      if (chosen.some((it) => it.owner !== owner)) throw refuse(`not all of them are repositories of ${login}`);
      const action = world.installations.some((it) => it.app === app && it.account === owner) ? 'update' : 'install';
      const installation = installing.install(app, owner, chosen, by);
      return { installationId: installation.id, goesTo: afterInstall(installation, action, world) };
    },
    suspendInstallation(slug, login, isSuspended = true) {
      const installation = installationOf(slug, login);
      if (isSuspended) installing.suspend(installation, installation.account);
      else installing.unsuspend(installation, installation.account);
    },
    uninstall(slug, login) {
      const installation = installationOf(slug, login);
      installing.uninstall(installation, installation.account);
    },
    comment(user, repository, number, body) {
      const actor = actorOf(user);
      needText(body);
      const made = acts.comment(actor, issueOf(repository, number), body);
      return { id: made.id, htmlUrl: commentShape(made, world.addresses).html_url };
    },
    editComment(user, repository, commentId, body) {
      const [actor, comment] = [actorOf(user), commentOf(repository, commentId)];
      needText(body);
      if (!mayEdit(actor, comment)) throw refuse(`${user} may not change what ${comment.author.login} wrote`);
      acts.editComment(actor, comment, body);
    },
    issue(repository, number) {
      const found = issueOf(repository, number);
      return { id: found.id, repositoryId: found.repository.id, htmlUrl: issueShape(found, world.addresses).html_url };
    },
    archive(repository, isArchived = true) {
      const at = repositoryOf(repository);
      repositories.archive(at.owner, at, isArchived);
    },
    openIssue(user, repository, { title, body }) {
      const { number, id } = acts.openIssue(actorOf(user), repositoryOf(repository), title, body ?? null);
      return { number, id };
    },
    editIssue(user, repository, number, to) {
      const [actor, issue] = [actorOf(user), issueOf(repository, number)];
      need(mayEdit(actor, issue), `${user} may not change what ${issue.author.login} wrote`);
      acts.editIssue(actor, issue, to);
    },
    closeIssue(user, repository, number, reason = 'completed') {
      const [actor, issue] = [actorOf(user), issueOf(repository, number)];
      need(mayClose(actor, issue), `${user} may not close it`);
      acts.close(actor, issue, reason);
    },
    reopenIssue(user, repository, number) {
      const [actor, issue] = [actorOf(user), issueOf(repository, number)];
      need(mayClose(actor, issue), `${user} may not reopen it`);
      acts.reopen(actor, issue);
    },
    deleteIssue(user, repository, number) {
      const [actor, issue] = [actorOf(user), issueOf(repository, number)];
      need(mayDelete(actor, issue), `${user} may not delete it`);
      acts.deleteIssue(actor, issue);
    },
    transferIssue(user, repository, number, to) {
      const [{ account }, issue, target] = [actorOf(user), issueOf(repository, number), repositoryOf(to)];
      need(issue.pullRequest === undefined && target !== issue.repository && target.owner === issue.repository.owner, 'an issue goes to another repository of its owner, and a pull request nowhere');
      need(atLeast(roleOf(issue.repository, account), 'write') && atLeast(roleOf(target, account), 'write'), `${user} may not write in both`);
      const moved = repositories.transferIssue(account, issue, target);
      return { number: moved.number, id: moved.id };
    },
    convertToDiscussion(user, repository, number) {
      const { account } = actorOf(user);
      repositories.convertToDiscussion(account, issueOf(repository, number));
    },
    openPull(user, repository, { title, body, head, from, base, authors }) {
      const at = repositoryOf(repository);
      const { account } = actorOf(user);
      const made = pulls.open(account, at, { title, body: body ?? null, head, headRepository: from === undefined ? at : repositoryOf(from), base: base ?? at.defaultBranch, authors: (authors ?? [user]).map(personOf) });
      return { number: made.number, id: made.id };
    },
    merge(user, repository, number) {
      const [{ account }, issue] = [actorOf(user), issueOf(repository, number)];
      need(mayMerge({ account, app: undefined }, issue), `${user} may not merge here`);
      need(pulls.merge(account, issue), `${repository}#${String(number)} is no open pull request`);
      return { sha: issue.pullRequest?.merged?.sha ?? '' };
    },
    link(repository, pull, number, isLinked = true) {
      const linked = issueOf(repository, pull).pullRequest?.linked;
      if (linked === undefined) throw refuse(`${repository}#${String(pull)} is no pull request`);
      if (isLinked) linked.add(issueOf(repository, number));
      else linked.delete(issueOf(repository, number));
    },
    renameRepository(repository, to) {
      const at = repositoryOf(repository);
      need(/^[\w.-]{1,100}$/.test(to) && findRepository(world, at.owner.login, to) === undefined, `${at.owner.login}/${to} can't be taken`);
      repositories.rename(at.owner, at, to);
    },
    transferRepository(repository, to) {
      const [at, owner] = [repositoryOf(repository), accountOf(to)];
      need(findRepository(world, owner.login, at.name) === undefined, `${to}/${at.name} is there already`);
      repositories.transfer(at.owner, at, owner);
    },
    fork(repository, login) {
      const [at, owner] = [repositoryOf(repository), accountOf(login)];
      need(findRepository(world, owner.login, at.name) === undefined, `${login}/${at.name} is there already`);
      return fullName(repositories.fork(at, owner));
    },
    deleteRepository(repository) {
      const at = repositoryOf(repository);
      repositories.remove(at.owner, at);
    },
    minimize(repository, commentId, reason = 'off-topic') {
      commentOf(repository, commentId).minimized = { reason };
    },
    account(login) {
      const { id, login: now, type } = accountOf(login);
      return { id, login: now, type };
    },
    addUser(login, name) {
      const { account, token = '' } = people.add(login, 'User', name);
      tokens[login] = token;
      return { id: account.id, token };
    },
    addOrganization: (login) => ({ id: people.add(login, 'Organization').account.id }),
    addBot: (login) => ({ id: people.add(login, 'Bot').account.id }),
    rename(login, to) {
      people.rename(accountOf(login), to);
    },
    deleteAccount(login) {
      people.remove(accountOf(login));
    },
    suspend(login, isSuspended = true) {
      personOf(login).isSuspended = isSuspended;
    },
    setRole(repository, login, role, by) {
      const at = repositoryOf(repository);
      people.setRole(at, personOf(login), role === undefined ? undefined : grantOfWords(role), by === undefined ? at.owner : personOf(by));
    },
    setMembership(organization, login, membership) {
      people.setMembership(accountOf(organization), personOf(login), membership);
    },
    push({ repository: called, files, branch, by, message = 'Change files' }) {
      const repository = repositoryOf(called);
      const changes = new Map(Object.entries(files).map(([path, written]) => [path, written === null ? undefined : entryOf(written)]));
      if ([...changes.keys()].some((path) => path === '' || path.startsWith('/') || path.endsWith('/'))) throw refuse('a path has no slash at its ends');
      return { sha: push(world, tell, { repository, branch: branch ?? repository.defaultBranch, changes, message, by: by === undefined ? repository.owner : personOf(by) }).sha };
    },
    setDefaultBranch(called, branch) {
      const repository = repositoryOf(called);
      if (!repository.branches.has(branch)) throw refuse(`${called} has no branch ${branch}`);
      repository.defaultBranch = branch;
    },
  };
}
