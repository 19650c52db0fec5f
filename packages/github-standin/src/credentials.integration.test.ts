import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { jwt } from '../testing/jwt.ts';
import { appClient, difference, installationClient, movableClock, openStandin } from '../testing/standin.ts';
import type { GitHubStandin } from './index.ts';

async function ask(standin: GitHubStandin, authorization: string, path = '/app', init: RequestInit = {}): Promise<{ status: number; body: { message: string } & Record<string, unknown>; headers: Headers }> {
  const answer = await fetch(standin.apiUrl + path, { ...init, headers: { authorization, 'user-agent': 'tests' } });
  return { status: answer.status, body: (await answer.json()) as { message: string }, headers: answer.headers };
}

async function tokenOf(standin: GitHubStandin, seconds: number, body: object = {}): Promise<{ status: number; body: Record<string, unknown> }> {
  const bearer = jwt(createPrivateKey(standin.app.privateKey), { iss: standin.app.id, iat: seconds - 30, exp: seconds + 300 });
  return ask(standin, `Bearer ${bearer}`, `/app/installations/${standin.installationId}/access_tokens`, { method: 'POST', body: JSON.stringify(body) });
}

test('a JWT counts only with the App\'s key, RS256, its id, and ten minutes at most', async () => {
  const clock = movableClock();
  const standin = await openStandin({ now: clock.now });
  const seconds = clock.now().getTime() / 1000;
  const key = createPrivateKey(standin.app.privateKey);
  const { privateKey: other } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const good = { iss: standin.app.id, iat: seconds - 30, exp: seconds + 600 };
  const undecodable = [401, 'A JSON web token could not be decoded'];
  const late = "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
  const early = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";

  expect((await ask(standin, `Bearer ${jwt(key, good)}`)).status).toBe(200);
  expect((await ask(standin, `Bearer ${jwt(key, { ...good, iss: standin.app.clientId })}`)).status).toBe(200);
  const refused: [string, (number | string)[]][] = [
    [jwt(other, good), undecodable],
    [jwt(standin.app.privateKey, good, 'HS256'), undecodable],
    [`${jwt(key, good, 'none').split('.').slice(0, 2).join('.')}.`, undecodable],
    [`${jwt(key, good).split('.').slice(0, 2).join('.')}.AAAA`, undecodable],
    ['a.b.c', undecodable],
    [jwt(key, { ...good, exp: seconds + 601 }), [401, "'Expiration time' claim ('exp') is too far in the future"]],
    [jwt(key, { ...good, exp: seconds }), [401, late]],
    [jwt(key, { ...good, exp: undefined }), [401, late]],
    [jwt(key, { ...good, iat: seconds + 1 }), [401, early]],
    [jwt(key, { ...good, iat: undefined }), [401, early]],
    [jwt(key, { ...good, iss: 1 }), [404, 'Integration not found']],
  ];
  for (const [token, [status, message]] of refused) expect(await ask(standin, `Bearer ${token}`)).toMatchObject({ status, body: { message } });
  expect(await ask(standin, `token ${jwt(key, good)}`)).toMatchObject({ status: 401 });
  standin.assertConforms();
});

test('an installation token ends after an hour', async () => {
  const clock = movableClock();
  const standin = await openStandin({ now: clock.now });
  const { status, body } = await tokenOf(standin, clock.now().getTime() / 1000);
  expect(status).toBe(201);
  expect(body).toMatchObject({ expires_at: '2026-03-01T13:00:00Z', permissions: { issues: 'write', pull_requests: 'write', contents: 'read', metadata: 'read' } });
  const path = '/repos/analytical-engines/difference';
  clock.advance(3_599_000);
  expect((await ask(standin, `Bearer ${String(body['token'])}`, path)).status).toBe(200);
  clock.advance(1_000);
  expect(await ask(standin, `Bearer ${String(body['token'])}`, path)).toMatchObject({ status: 401, body: { message: 'Bad credentials' } });
  standin.assertConforms();
});

test('a token never carries more than the App was given', async () => {
  const clock = movableClock();
  const standin = await openStandin({ now: clock.now });
  const seconds = clock.now().getTime() / 1000;
  expect(await tokenOf(standin, seconds, { permissions: { administration: 'write' } })).toMatchObject({ status: 422, body: { message: 'The permissions requested are not granted to this installation.' } });
  expect(await tokenOf(standin, seconds, { permissions: { contents: 'write' } })).toMatchObject({ status: 422 });
  expect(await tokenOf(standin, seconds, { repositories: ['notes'] })).toMatchObject({ status: 422 });
  standin.assertConforms();
});

test('what a token does not carry is refused, with the permission that is missing', async () => {
  const clock = movableClock();
  const standin = await openStandin({ now: clock.now });
  const seconds = clock.now().getTime() / 1000;
  const { body: reading } = await tokenOf(standin, seconds, { permissions: { issues: 'read' }, repositories: ['difference'] });
  const bearer = `Bearer ${String(reading['token'])}`;
  const comment = { method: 'POST', body: JSON.stringify({ body: 'no' }) };
  const path = '/repos/analytical-engines/difference/issues';
  expect((await ask(standin, bearer, `${path}/1`)).status).toBe(200);
  const refused = await ask(standin, bearer, `${path}/1/comments`, comment);
  expect(refused).toMatchObject({ status: 403, body: { message: 'Resource not accessible by integration' } });
  expect(refused.headers.get('x-accepted-github-permissions')).toBe('issues=write');
  // Issue 4 is a pull request, which `issues` does not open.
  expect((await ask(standin, bearer, `${path}/4`)).headers.get('x-accepted-github-permissions')).toBe('pull_requests=read');

  const { body: writing } = await tokenOf(standin, seconds, { repositories: ['punched-cards'] });
  expect(await ask(standin, `Bearer ${String(writing['token'])}`, `${path}/1/comments`, comment)).toMatchObject({ status: 403 });
  standin.assertConforms();
});

test('an installation does not write in the repositories of another', async () => {
  const standin = await openStandin();
  const note = installationClient(standin).request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { owner: 'ada', repo: 'notes', issue_number: 1, body: 'no' });
  await expect(note).rejects.toMatchObject({ status: 403 });
});

test('the App finds its installations, and each one its repositories', async () => {
  const standin = await openStandin();
  const app = appClient(standin);
  const { data: installations } = await app.request('GET /app/installations');
  expect(installations.map((it) => [it.id === standin.installationId, it.account && 'login' in it.account ? it.account.login : ''])).toEqual([[true, 'analytical-engines'], [false, 'ada']]);
  const { data: found } = await app.request('GET /repos/{owner}/{repo}/installation', difference);
  expect(found.id).toBe(standin.installationId);
  const { data: reach } = await installationClient(standin).request('GET /installation/repositories');
  expect(reach.repositories.map((it) => it.name)).toEqual(['difference', 'punched-cards']);
  standin.assertConforms();
});

test('an unknown token is refused, and nobody writes without one', async () => {
  const standin = await openStandin();
  expect(await ask(standin, 'Bearer user-nobody')).toMatchObject({ status: 401, body: { message: 'Bad credentials' } });
  const answer = await fetch(`${standin.apiUrl}/repos/analytical-engines/difference/issues/1/comments`, { method: 'POST', body: '{"body":"x"}', headers: { 'user-agent': 'tests' } });
  expect(answer.status).toBe(401);
});
