import { DoubloonError } from '@doubloon/errors';
import { newAccount } from './accounts.ts';
import type { Credentials } from './credentials.ts';
import { canBeLogin } from './seed.ts';
import type { Happening } from './webhooks.ts';
import { findAccount, fullName, ghostId, roles, type Account, type Grant, type Membership, type Repository, type Role, type World } from './world.ts';

const refuse = (problem: string): DoubloonError => new DoubloonError('REQUEST_INVALID', { problem });

/** What becomes of people, and of what they may do. Each act commits at once and then tells what happened. */
export class PeopleActs {
  readonly #world: World;
  readonly #credentials: Credentials;
  readonly #tell: (happening: Happening) => void;

  constructor(world: World, credentials: Credentials, tell: (happening: Happening) => void) {
    this.#world = world;
    this.#credentials = credentials;
    this.#tell = tell;
  }

  /** A new account, under a new id though the login was somebody's before. `token` is the personal one of a user. */
  add(login: string, type: Account['type'], name?: string): { account: Account; token: string | undefined } {
    this.#needFree(login, type);
    const account = newAccount(this.#world.nextId, login, type, this.#world.now(), name ?? null);
    this.#world.accounts.push(account);
    return { account, token: type === 'User' ? this.#credentials.addPerson(account) : undefined };
  }

  /** The old login is nobody's from now on, and anybody's to take. Repositories are still found where they were, until somebody has one there. */
  rename(account: Account, to: string): void {
    this.#needFree(to, account.type);
    for (const it of this.#world.repositories) if (it.owner === account) this.#world.formerNames.set(fullName(it).toLowerCase(), it);
    account.login = to;
  }

  /** Their repositories and tokens go; what they wrote stays, and is the ghost's. */
  remove(account: Account): void {
    const world = this.#world;
    const ghost = this.#ghost();
    world.accounts.splice(world.accounts.indexOf(account), 1);
    this.#credentials.userTokens.revokeAll(account);
    const gone = world.repositories.filter((it) => it.owner === account);
    for (const it of gone) world.repositories.splice(world.repositories.indexOf(it), 1);
    for (const installation of world.installations.filter((it) => it.account === account)) world.installations.splice(world.installations.indexOf(installation), 1);
    for (const organization of world.accounts) organization.members.delete(account.id);
    for (const repository of world.repositories) {
      repository.roles.delete(account.id);
      for (const issue of repository.issues) for (const thing of [issue, ...issue.comments, ...(issue.pullRequest?.reviews ?? []), ...(issue.pullRequest?.reviewComments ?? [])]) {
        if (thing.author === account) thing.author = ghost;
        thing.reactions = thing.reactions.filter((it) => it.user !== account);
        if ('events' in thing) for (const event of thing.events) if (event.actor === account) event.actor = ghost;
        thing.edits = thing.edits.map((it) => (it.by === account ? { ...it, by: ghost } : it));
      }
    }
  }

  /** `undefined` takes the role away. The webhook is that of a collaborator. */
  setRole(repository: Repository, account: Account, to: Grant | undefined, by: Account): void {
    const from = repository.roles.get(account.id);
    if (from?.role === to?.role && from?.name === to?.name) return;
    if (to === undefined) repository.roles.delete(account.id);
    else repository.roles.set(account.id, to);
    this.#tell({ event: 'member', action: from === undefined ? 'added' : to === undefined ? 'removed' : 'edited', repository, member: account, sender: by, roles: { from, to } });
  }

  /** `undefined` makes of a member somebody from outside, who keeps the roles they were given. */
  setMembership(organization: Account, account: Account, to: Membership | undefined): void {
    if (organization.type !== 'Organization') throw refuse(`${organization.login} is not an organisation`);
    if (to === undefined) organization.members.delete(account.id);
    else organization.members.set(account.id, to);
  }

  #needFree(login: string, type: Account['type']): void {
    if (!(type === 'Bot' ? /^[a-z\d-]{1,38}\[bot\]$/i.test(login) : canBeLogin(login))) throw refuse(`${login} can't be the login of a ${type}`);
    if (findAccount(this.#world, login) !== undefined) throw refuse(`${login} is somebody's login`);
  }

  #ghost(): Account {
    const known = this.#world.accounts.find((it) => it.id === ghostId);
    if (known !== undefined) return known;
    const made: Account = { id: ghostId, login: 'ghost', name: 'Deleted user', type: 'User', createdAt: new Date('2008-05-13T06:14:25.000Z'), isSuspended: false, members: new Map() };
    this.#world.accounts.push(made);
    return made;
  }
}

/** What a role given in words grants: one of GitHub's, or a custom role that builds upon one. Throws `REQUEST_INVALID`. */
export function grantOfWords(words: Role | { name: string; base: Role }): Grant {
  const grant = typeof words === 'string' ? { role: words, name: words } : { role: words.base, name: words.name };
  if (!roles.includes(grant.role)) throw refuse(`${grant.role} is not a role`);
  return grant;
}
