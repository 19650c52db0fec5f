import type { Answer, Call } from './call.ts';
import { notFound, Refusal } from './refusal.ts';
import { publicUser, simpleUser } from './shape-account.ts';
import { pullRequestShape, pullRequestSimple } from './shape-issue.ts';
import { fullRepository } from './shape-repository.ts';
import { atLeast, findAccount, findIssue, folded, grantOf, roleOf, type Account, type Role } from './world.ts';

const flags = (role: Role | undefined) => ({
  admin: role === 'admin',
  maintain: atLeast(role, 'maintain'),
  push: atLeast(role, 'write'),
  triage: atLeast(role, 'triage'),
  pull: atLeast(role, 'read'),
});

export const getRepository = (call: Call): Answer => {
  const repository = call.repository();
  call.need(repository, 'metadata', 'read');
  const role = call.caller.kind === 'person' ? { permissions: flags(roleOf(repository, call.caller.account)) } : {};
  return { status: 200, body: { ...fullRepository(repository, call.world.addresses), ...role } };
};

export const getCollaboratorPermission = (call: Call): Answer => {
  const repository = call.repository();
  call.need(repository, 'metadata', 'read');
  call.actor();
  call.needRole(repository, 'write', 'Must have push access to view collaborator permission.');
  const account = findAccount(call.world, call.param('username'));
  if (account?.type !== 'User' || account.isSuspended) throw new Refusal(404, `${call.param('username')} is not a user`);
  const { role, name = 'none' } = grantOf(repository, account) ?? {};
  return {
    status: 200,
    body: {
      permission: role === undefined ? 'none' : folded[role],
      role_name: name,
      user: { ...simpleUser(account, call.world.addresses), permissions: flags(role), role_name: name },
    },
  };
};

export const listPulls = (call: Call): Answer => {
  const repository = call.repository();
  call.need(repository, 'pull_requests', 'read');
  const { state = 'open' } = call.query;
  const found = repository.issues.filter((it) => state === 'all' || (it.closed === undefined) === (state === 'open')).toReversed();
  return { status: 200, rows: found.flatMap((it) => (it.pullRequest === undefined ? [] : [pullRequestSimple(it, it.pullRequest, call.world.addresses)])) };
};

export const getPull = (call: Call): Answer => {
  const repository = call.repository();
  call.need(repository, 'pull_requests', 'read');
  const issue = findIssue(repository, Number(call.param('pull_number')));
  if (issue?.pullRequest === undefined) throw notFound();
  return { status: 200, body: pullRequestShape(issue, issue.pullRequest, call.world.addresses) };
};

const user = (call: Call, account: Account | undefined): Answer => {
  if (call.caller.kind === 'app' || call.caller.kind === 'client') throw new Refusal(403, 'Resource not accessible by integration');
  // Whoever is suspended is nobody to the API of github.com; an Enterprise Server shows them with `suspended_at`, which its description of github.com does not know.
  if (account === undefined || account.isSuspended) throw notFound();
  return { status: 200, body: publicUser(account, call.world) };
};

export const getUser = (call: Call): Answer => user(call, findAccount(call.world, call.param('username')));
export const getUserById = (call: Call): Answer => user(call, call.world.accounts.find((it) => it.id === Number(call.param('account_id'))));

export const getMe = (call: Call): Answer => {
  if (call.caller.kind === 'anonymous') throw new Refusal(401, 'Requires authentication');
  if (call.caller.kind !== 'person') throw new Refusal(403, 'Resource not accessible by integration');
  return user(call, call.caller.account);
};

