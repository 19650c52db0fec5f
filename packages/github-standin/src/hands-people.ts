import { grantOfWords, type PeopleActs } from './acts-people.ts';
import type { Finder } from './finder.ts';
import type { Account, Membership, Role } from './world.ts';

/** What becomes of people, and of what they may do. */
export interface PeopleHands {
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
}

export function peopleHands({ finder, people, tokens }: { finder: Finder; people: PeopleActs; tokens: Record<string, string> }): PeopleHands {
  const { accountOf, personOf, repositoryOf } = finder;
  return {
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
  };
}
