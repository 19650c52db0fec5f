import { Octokit } from '@octokit/core';
import { expect, onTestFinished, test } from 'vitest';
import { startReceiver } from '../testing/receiver.ts';
import { difference, installationClient, movableClock, openStandin, personClient, secret } from '../testing/standin.ts';
import { webhookProblems } from '../testing/webhook-schemas.ts';
import { appPermissions } from './seed.ts';
import type { GitHubStandin, GitHubStandinOptions } from './index.ts';

const repository = 'analytical-engines/difference';
const permissionOf = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';

async function conforming(o: Partial<GitHubStandinOptions> = {}): Promise<GitHubStandin> {
  const standin = await openStandin(o);
  onTestFinished(() => { standin.assertConforms(); });
  return standin;
}

async function roleSeen(standin: GitHubStandin, username: string): Promise<[string, string | undefined]> {
  const { data } = await installationClient(standin).request(permissionOf, { ...difference, username });
  return [data.permission, data.role_name];
}

test('a login is only a name: renamed it is gone, and whoever takes it is somebody else', async () => {
  const standin = await conforming();
  const app = installationClient(standin);
  const before = standin.account('ada').id;
  standin.rename('ada', 'countess');
  await expect(app.request('GET /users/{username}', { username: 'ada' })).rejects.toMatchObject({ status: 404 });
  expect((await app.request('GET /user/{account_id}', { account_id: before })).data.login).toBe('countess');
  const taken = standin.addUser('ada');
  expect(taken.id).not.toBe(before);
  expect((await app.request('GET /users/{username}', { username: 'ada' })).data.id).toBe(taken.id);
  expect(await roleSeen(standin, 'countess')).toEqual(['read', 'triage']);
  expect(await roleSeen(standin, 'ada')).toEqual(['read', 'read']);
  const whoIs = async (auth: string | undefined) => (await new Octokit({ baseUrl: standin.apiUrl, auth }).request('GET /user')).data.id;
  expect([await whoIs('user-ada'), await whoIs(taken.token)]).toEqual([before, taken.id]);
  expect(() => { standin.rename('grace', 'LINUS'); }).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});

test('a repository of a renamed owner is found where it was, until somebody has one there', async () => {
  const standin = await conforming();
  standin.rename('ada', 'countess');
  const answer = await fetch(`${standin.apiUrl}/repos/ada/notes/issues/1`, { redirect: 'manual', headers: { 'user-agent': 'tests' } });
  const { repositoryId } = standin.issue('countess/notes', 1);
  expect([answer.status, answer.headers.get('location')]).toEqual([301, `${standin.apiUrl}/repositories/${String(repositoryId)}/issues/1`]);
  expect((await personClient(standin, 'grace').request('GET /repos/{owner}/{repo}', { owner: 'ada', repo: 'notes' })).data.full_name).toBe('countess/notes');
  const writing = await fetch(`${standin.apiUrl}/repos/ada/notes/issues/1/comments`, { method: 'POST', body: '{"body":"x"}', redirect: 'manual', headers: { 'user-agent': 'tests', authorization: 'Bearer user-grace' } });
  expect(writing.status).toBe(307);
});

test('what a deleted person wrote is the ghost\'s, and nobody has their id', async () => {
  const standin = await conforming({ app: { callbackUrls: ['https://doubloon.example/callback'] } });
  const { id } = standin.comment('maggie', repository, 1, 'mine');
  const account = standin.account('maggie');
  standin.deleteAccount('maggie');
  const app = installationClient(standin);
  const { data } = await app.request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...difference, comment_id: id });
  expect(data.user).toMatchObject({ login: 'ghost', id: 10_137 });
  for (const gone of [app.request('GET /user/{account_id}', { account_id: account.id }), app.request('GET /users/{username}', { username: 'maggie' }), app.request(permissionOf, { ...difference, username: 'maggie' })])
    await expect(gone).rejects.toMatchObject({ status: 404 });
  await expect(personClient(standin, 'maggie').request('GET /user')).rejects.toMatchObject({ status: 401 });
  expect(() => standin.comment('ghost', repository, 1, 'boo')).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});

test('somebody suspended may do nothing and is nobody to the API, until that ends', async () => {
  const standin = await conforming({ app: { callbackUrls: ['https://doubloon.example/callback'] } });
  const url = `${standin.url}/login/oauth/authorize?client_id=${standin.app.clientId}`;
  const app = installationClient(standin);
  standin.suspend('ada');
  await expect(app.request('GET /users/{username}', { username: 'ada' })).rejects.toMatchObject({ status: 404 });
  await expect(app.request(permissionOf, { ...difference, username: 'ada' })).rejects.toMatchObject({ status: 404 });
  await expect(personClient(standin, 'ada').request('GET /user')).rejects.toMatchObject({ status: 403, message: expect.stringContaining('Your account was suspended') as string });
  expect(() => standin.authorize({ user: 'ada', url })).toThrow('ada is suspended');
  const page = await fetch(`${standin.url}/login/oauth/authorize?client_id=${standin.app.clientId}`, { headers: { cookie: 'standin_user=ada' } });
  expect(page.status).toBe(403);
  standin.suspend('ada', false);
  expect((await personClient(standin, 'ada').request('GET /user')).data.login).toBe('ada');
});

test('roles change at any moment, custom ones keep their name, and owners of an organisation are administrators', async () => {
  const standin = await conforming();
  const seen: unknown[] = [];
  const look = async (login: string) => { seen.push(await roleSeen(standin, login)); };
  await look('maggie');
  for (const role of ['triage', 'write', 'maintain', 'admin', { name: 'bounty keeper', base: 'write' }, undefined] as const) {
    standin.setRole(repository, 'maggie', role);
    await look('maggie');
  }
  expect(seen).toEqual([['read', 'read'], ['read', 'triage'], ['write', 'write'], ['write', 'maintain'], ['admin', 'admin'], ['write', 'bounty keeper'], ['read', 'read']]);
  standin.setMembership('analytical-engines', 'maggie', 'owner');
  expect(await roleSeen(standin, 'maggie')).toEqual(['admin', 'admin']);
  standin.setMembership('analytical-engines', 'maggie', undefined);
  standin.setRole(repository, 'maggie', 'write');
  const { id } = standin.comment('maggie', repository, 1, 'from outside');
  expect((await installationClient(standin).request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...difference, comment_id: id })).data.author_association).toBe('COLLABORATOR');
});

test('in a private repository somebody without a role has none', async () => {
  const standin = await conforming({ repositories: [{ owner: 'ada', name: 'secrets', private: true, issues: [] }] });
  const { data } = await personClient(standin, 'ada').request(permissionOf, { owner: 'ada', repo: 'secrets', username: 'grace' });
  expect([data.permission, data.role_name]).toEqual(['none', 'none']);
});

test('organisations and bots are accounts of their own types, and have no role to ask for', async () => {
  const standin = await conforming();
  const app = installationClient(standin);
  standin.addOrganization('mill-works');
  standin.addBot('dependabot[bot]');
  expect((await app.request('GET /users/{username}', { username: 'mill-works' })).data.type).toBe('Organization');
  expect((await app.request('GET /users/{username}', { username: 'dependabot[bot]' })).data).toMatchObject({ type: 'Bot', login: 'dependabot[bot]' });
  await expect(app.request(permissionOf, { ...difference, username: 'mill-works' })).rejects.toMatchObject({ status: 404 });
  expect(() => standin.addBot('dependabot')).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});

test('an App that wants to know hears of collaborators, in GitHub\'s words', async () => {
  const receiver = await startReceiver();
  const standin = await conforming({ webhook: { url: receiver.url, secret }, app: { events: ['member'], permissions: { ...appPermissions, members: 'read' } } });
  standin.setRole(repository, 'maggie', 'triage', 'linus');
  standin.setRole(repository, 'maggie', 'write', 'linus');
  standin.setRole(repository, 'maggie', 'write', 'linus');
  standin.setRole(repository, 'maggie', undefined, 'linus');
  await standin.delivered();
  expect(receiver.received.map(({ payload }) => payload['action'])).toEqual(['added', 'edited', 'removed']);
  for (const { payload } of receiver.received) expect(webhookProblems('member', String(payload['action']), payload)).toEqual([]);
  expect(receiver.received[1]?.payload).toMatchObject({ member: { login: 'maggie' }, sender: { login: 'linus' }, changes: { old_permission: { from: 'triage' } } });
});

test('a comment that somebody else changed shows a later time, and only those who may change it', async () => {
  const clock = movableClock();
  const standin = await conforming({ now: clock.now });
  const { id } = standin.comment('maggie', repository, 1, '$sol:1$');
  clock.advance(1_000);
  standin.editComment('grace', repository, id, '$sol:2$');
  const { data } = await personClient(standin, 'ada').request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...difference, comment_id: id });
  expect(data).toMatchObject({ body: '$sol:2$', user: { login: 'maggie' }, performed_via_github_app: null });
  expect(data.updated_at > data.created_at).toBe(true);
  expect(() => { standin.editComment('ada', repository, id, 'no'); }).toThrow('ada may not change what maggie wrote');
});
