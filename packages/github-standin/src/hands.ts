import { DoubloonError } from '@doubloon/errors';
import { mayEdit, type Acts } from './acts.ts';
import { push } from './acts-files.ts';
import { grantOfWords, type PeopleActs } from './acts-people.ts';
import type { Entry } from './files.ts';
import type { OAuth } from './oauth.ts';
import { commentShape, issueShape } from './shape-issue.ts';
import type { Happening } from './webhooks.ts';
import { findAccount, findComment, findIssue, findRepository, peopleOf, type Account, type Comment, type Issue, type Membership, type Repository, type Role, type World } from './world.ts';

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
export function handsOf({ world, acts, people, oauth, tokens, tell }: { world: World; acts: Acts; people: PeopleActs; oauth: OAuth; tokens: Record<string, string>; tell: (happening: Happening) => void }): Hands {
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
      repositoryOf(repository).isArchived = isArchived;
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
