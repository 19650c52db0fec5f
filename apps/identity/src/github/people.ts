import { z } from 'zod';
import { roles, type Account, type Role } from '../authorize/facts.ts';
import { unavailable } from './ask.ts';
import type { GitHubUser } from '../person.ts';
import type { Reader } from './reader.ts';
import { accountForm, accountOf, idForm } from './shapes.ts';

const flag = z.boolean().nullish();
const permissionForm = z.object({
  permission: z.string(),
  role_name: z.string().nullish(),
  user: z.object({ id: idForm, permissions: z.object({ admin: flag, maintain: flag, push: flag, triage: flag, pull: flag }).nullish() }).nullish(),
});

/** Who an id is now; `undefined` when GitHub does not (or no longer) know it, or suspended it. */
export async function readUserById(reader: Reader, repositoryId: string | undefined, id: string): Promise<Account | undefined> {
  const account = await readUser(reader, repositoryId, `/user/${id}`);
  return account?.id === id ? account : undefined;
}

/** Whose login it is now. */
export const readUserByLogin = (reader: Reader, repositoryId: string | undefined, login: string): Promise<Account | undefined> => readUser(reader, repositoryId, `/users/${encodeURIComponent(login)}`);

/** A person who is there now, whom everybody can look up: no organisation, no bot, and nobody who was suspended. By numeric id, or by what is a login for GitHub. */
export async function readPerson(reader: Reader, who: { readonly githubId: string } | { readonly login: string }): Promise<GitHubUser | undefined> {
  if ('login' in who && !isLogin(who.login)) return undefined;
  const account = await ('login' in who ? readUserByLogin(reader, undefined, who.login) : readUserById(reader, undefined, who.githubId));
  return account?.kind === 'user' && !account.isSuspended ? { githubId: account.id, login: account.login } : undefined;
}

/** By GitHub's rule for people; a name of managed users has an underscore before the short code of its enterprise. */
const isLogin = (text: string): boolean => /^[a-z\d](?:[a-z\d]|-(?=[a-z\d]))*(?:_[a-z\d]+)?$/i.test(text) && text.length <= 60;

async function readUser(reader: Reader, repositoryId: string | undefined, path: string): Promise<Account | undefined> {
  const reading = await reader.asInstallation(repositoryId, path);
  if (!reading.found && reading.isMoved) throw unavailable(path, new Error('it is elsewhere'));
  if (!reading.found) return undefined;
  const read = accountForm.safeParse(reading.body);
  if (!read.success) throw unavailable(path, read.error);
  return accountOf(read.data);
}

/** What GitHub's `permission` allows at most: it knows neither maintain nor triage, nor roles that an organisation made up. */
const most: Partial<Record<string, Role>> = { admin: 'admin', write: 'maintain', read: 'triage' };
const least: Partial<Record<string, Role>> = { admin: 'admin', write: 'write', read: 'read' };
const isRole = (name: string | null | undefined): name is Role => roles.some((it) => it === name);
const weaker = (a: Role, b: Role): Role => (roles.indexOf(a) < roles.indexOf(b) ? a : b);

/**
 * The role that somebody has in a repository now, wherever it comes from (their own, a team's, an organisation's). A custom
 * role counts as what `permission` surely gives: write at most. `none` when the login is somebody else's by now.
 */
export async function readRole(reader: Reader, repositoryId: string, { id, login }: Account): Promise<Role> {
  const path = `/collaborators/${encodeURIComponent(login)}/permission`;
  const reading = await reader.ofRepository(repositoryId, path);
  if (!reading.found) return 'none';
  const read = permissionForm.safeParse(reading.body);
  if (!read.success) throw unavailable(path, read.error);
  const { permission, role_name: name, user } = read.data;
  if (user?.id !== id) return 'none';
  if (!isRole(name)) return least[permission] ?? 'none';
  const byName = weaker(name, most[permission] ?? 'none');
  const { permissions } = user;
  if (permissions === null || permissions === undefined) return byName;
  const byFlags = permissions.admin === true ? 'admin' : permissions.maintain === true ? 'maintain' : permissions.push === true ? 'write' : permissions.triage === true ? 'triage' : permissions.pull === true ? 'read' : 'none';
  return weaker(byName, byFlags);
}
