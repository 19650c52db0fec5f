import { expect, test } from 'vitest';
import { difference, installationClient, openStandin, personClient } from '../testing/standin.ts';
import type { GitHubStandin } from './index.ts';

const path = '/repos/analytical-engines/difference/issues/1';
const ask = (standin: GitHubStandin, to: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> =>
  fetch(standin.apiUrl + to, { ...init, headers: { 'user-agent': 'tests', authorization: `Bearer ${standin.tokens['ada']}`, ...init.headers } });

test('an unchanged answer is 304 by its etag, and a change ends that', async () => {
  const standin = await openStandin();
  const first = await ask(standin, `${path}/comments`);
  const etag = first.headers.get('etag') ?? '';
  expect(etag).toMatch(/^W\/"[\da-f]{64}"$/);
  const second = await ask(standin, `${path}/comments`, { headers: { 'if-none-match': etag } });
  expect([second.status, await second.text(), second.headers.get('etag')]).toEqual([304, '', etag]);
  standin.comment('ada', 'analytical-engines/difference', 1, 'new');
  expect((await ask(standin, `${path}/comments`, { headers: { 'if-none-match': etag } })).status).toBe(200);
  standin.assertConforms();
});

test('following the Link headers sees every comment once', async () => {
  const standin = await openStandin();
  for (let number = 1; number <= 204; number++) standin.comment('ada', 'analytical-engines/difference', 3, String(number));
  const seen: string[] = [];
  let next: string | undefined = `${standin.apiUrl}/repos/analytical-engines/difference/issues/3/comments?per_page=100`;
  for (let pages = 0; next !== undefined && pages < 9; pages++) {
    const answer: Response = await fetch(next, { headers: { 'user-agent': 'tests' } });
    seen.push(...((await answer.json()) as { body: string }[]).map((it) => it.body));
    next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    // GitHub's own links go by the repository's id.
    if (next !== undefined) expect(next).toMatch(/\/api\/v3\/repositories\/\d+\/issues\/3\/comments\?per_page=100&page=\d$/);
  }
  expect(seen).toEqual(Array.from({ length: 204 }, (_, at) => String(at + 1)));
  standin.assertConforms();
});

test('a repository is found by its id as by its name, whatever the case', async () => {
  const standin = await openStandin();
  const { repositoryId } = standin.issue('analytical-engines/difference', 1);
  for (const to of [`/repositories/${repositoryId}`, '/repos/Analytical-Engines/DIFFERENCE']) expect(await (await ask(standin, to)).json()).toMatchObject({ id: repositoryId, full_name: 'analytical-engines/difference' });
  expect((await ask(standin, '/repositories/1')).status).toBe(404);
  standin.assertConforms();
});

test('a request that GitHub does not describe is refused and remembered', async () => {
  const standin = await openStandin();
  const bad: [string, RequestInit | undefined, string][] = [
    [`${path}/comments`, { method: 'POST', body: '{"body":7}' }, 'requestBody'],
    [`${path}/comments`, { method: 'POST', body: '{"body":"x","bdoy":"y"}' }, 'bdoy'],
    [`${path}/comments?perpage=100`, undefined, 'perpage'],
    [path, { method: 'PATCH', body: '{"state":"shut"}' }, 'state'],
  ];
  for (const [to, init, word] of bad) {
    const answer = await ask(standin, to, init as RequestInit & { headers?: Record<string, string> });
    expect(answer.status).toBe(422);
    expect(((await answer.json()) as { message: string }).message).toContain(word);
  }
  expect(standin.mismatches.map((it) => it.kind)).toEqual(['request', 'request', 'request', 'request']);
  expect(() => { standin.assertConforms(); }).toThrow(expect.objectContaining({ code: 'GITHUB_MISMATCH' }));
  expect((await (await ask(standin, path)).json())).toMatchObject({ state: 'open', comments: 1 });
});

test('what is not here yet says so, and is remembered', async () => {
  const standin = await openStandin();
  expect((await ask(standin, '/repos/analytical-engines/difference/pulls/4/files')).status).toBe(501);
  expect((await ask(standin, '/repos/analytical-engines/difference/issues?assignee=ada')).status).toBe(501);
  expect((await ask(standin, path, { method: 'PATCH', body: '{"assignees":["ada"]}' })).status).toBe(501);
  expect(standin.mismatches.map((it) => it.kind)).toEqual(['missing', 'missing', 'missing']);
});

test('a request without a user agent, with rubbish for JSON, or for a version that is not there is refused as GitHub does', async () => {
  const standin = await openStandin();
  expect((await ask(standin, path, { headers: { 'user-agent': '' } })).status).toBe(403);
  expect(await (await ask(standin, `${path}/comments`, { method: 'POST', body: '{"body":' })).json()).toMatchObject({ message: 'Problems parsing JSON' });
  expect((await ask(standin, path, { headers: { 'x-github-api-version': '1999-01-01' } })).status).toBe(400);
  expect((await ask(standin, path, { headers: { accept: 'application/xml' } })).status).toBe(415);
  const big = await ask(standin, `${path}/comments`, { method: 'POST', body: 'x'.repeat(3_000_000) }).catch(() => undefined);
  expect(big?.status ?? 413).toBe(413);
  standin.assertConforms();
});

test('the permission says the folded role and role_name the real one', async () => {
  const standin = await openStandin();
  const client = installationClient(standin);
  const permission = async (username: string) => {
    const { data } = await client.request('GET /repos/{owner}/{repo}/collaborators/{username}/permission', { ...difference, username });
    return [data.permission, data.role_name, data.user?.login];
  };
  expect(await permission('linus')).toEqual(['write', 'maintain', 'linus']);
  expect(await permission('grace')).toEqual(['write', 'write', 'grace']);
  expect(await permission('ada')).toEqual(['read', 'triage', 'ada']);
  expect(await permission('maggie')).toEqual(['read', 'read', 'maggie']);
  await expect(permission('nobody')).rejects.toMatchObject({ status: 404 });
  standin.assertConforms();
});

test('users are found by name, by id and by the name of a bot', async () => {
  const standin = await openStandin();
  const ada = personClient(standin, 'ada');
  const { data: me } = await ada.request('GET /user');
  expect((await ada.request('GET /users/{username}', { username: 'ADA' })).data.id).toBe(me.id);
  expect((await ada.request('GET /user/{account_id}', { account_id: Number(me.id) })).data.login).toBe('ada');
  expect((await ada.request('GET /users/{username}', { username: 'doubloon[bot]' })).data.type).toBe('Bot');
  standin.assertConforms();
});

test('a private repository is not there for who has no role', async () => {
  const standin = await openStandin({ repositories: [{ owner: 'works', name: 'secret', private: true, roles: { grace: 'read' }, issues: [{ title: 'one', author: 'grace' }] }] });
  const one = (login: string) => personClient(standin, login).request('GET /repos/{owner}/{repo}/issues/{issue_number}', { owner: 'works', repo: 'secret', issue_number: 1 });
  expect((await one('grace')).status).toBe(200);
  await expect(one('ada')).rejects.toMatchObject({ status: 404 });
  const { data } = await installationClient(standin).request('GET /repos/{owner}/{repo}/collaborators/{username}/permission', { owner: 'works', repo: 'secret', username: 'ada' });
  expect([data.permission, data.role_name]).toEqual(['none', 'none']);
  standin.assertConforms();
});
