import { createHash, randomBytes } from 'node:crypto';
import { Octokit } from '@octokit/core';
import { checkToken, deleteAuthorization, deleteToken, exchangeWebFlowCode, getWebFlowAuthorizationUrl, refreshToken } from '@octokit/oauth-methods';
import { expect, onTestFinished, test } from 'vitest';
import { difference, movableClock, openStandin } from '../testing/standin.ts';
import type { GitHubStandin, GitHubStandinOptions } from './index.ts';

const callback = 'http://127.0.0.1:4000/link/callback';
const second = 'https://doubloon.example/callback';

async function standinWithCallbacks(o: Partial<GitHubStandinOptions> = {}): Promise<GitHubStandin> {
  const standin = await openStandin({ app: { callbackUrls: [callback, second] }, ...o });
  onTestFinished(() => { standin.assertConforms(); });
  return standin;
}

const requestOf = (standin: GitHubStandin) => new Octokit({ baseUrl: standin.apiUrl }).request;
const client = (standin: GitHubStandin) => ({ clientType: 'github-app', clientId: standin.app.clientId, clientSecret: standin.app.clientSecret, request: requestOf(standin) }) as const;
const urlOf = (standin: GitHubStandin, more: Record<string, string> = {}): string =>
  `${standin.url}/login/oauth/authorize?${new URLSearchParams({ client_id: standin.app.clientId, redirect_uri: callback, state: 'of the test', ...more }).toString()}`;
const codeOf = (redirect: string): string => new URL(redirect).searchParams.get('code') ?? '';
const pkce = () => {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, wish: { code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' } };
};

/** The exchange as a plain form, with what the test wants to say. */
async function exchange(standin: GitHubStandin, said: Record<string, string>): Promise<Record<string, unknown>> {
  const answer = await fetch(`${standin.url}/login/oauth/access_token`, {
    method: 'POST', headers: { accept: 'application/json' }, body: new URLSearchParams({ client_id: standin.app.clientId, client_secret: standin.app.clientSecret, ...said }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Record<string, unknown>;
}

/** What a browser of that person sees and sends. */
const page = async (url: string, user: string): Promise<Response> => fetch(url, { headers: { cookie: `standin_user=${user}` }, redirect: 'manual' });
function fieldsOf(text: string): Record<string, string> {
  const form = text.split('action="/login/oauth/authorize"')[1]?.split('</form>')[0] ?? '';
  return Object.fromEntries([...form.matchAll(/name="([^"]+)" value="([^"]*)"/g)].filter((it) => it[1] !== 'decision').map((it) => [it[1] ?? '', (it[2] ?? '').replaceAll('&amp;', '&')]));
}
const answerPage = async (standin: GitHubStandin, fields: Record<string, string>, user: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${standin.url}/login/oauth/authorize`, { method: 'POST', body: new URLSearchParams(fields), headers: { cookie: `standin_user=${user}`, ...headers }, redirect: 'manual' });

test('a person authorizes on the page, and octokit exchanges, checks, refreshes and deletes the token', async () => {
  const standin = await standinWithCallbacks();
  const { url } = getWebFlowAuthorizationUrl({ clientType: 'github-app', clientId: standin.app.clientId, redirectUrl: callback, state: 'of the test', request: requestOf(standin) });
  const shown = await page(url, 'grace');
  const text = await shown.text();
  expect([shown.status, text.includes('You are signed in as <strong>grace</strong>'), text.includes('<h1>Authorize Doubloon</h1>')]).toEqual([200, true, true]);
  // Browsers hold the redirect of a form's answer to this too.
  expect(shown.headers.get('content-security-policy')).toContain("form-action 'self' http://127.0.0.1:4000;");
  const answered = await answerPage(standin, { ...fieldsOf(text), decision: 'authorize' }, 'grace');
  const redirect = answered.headers.get('location') ?? '';
  expect([answered.status, new URL(redirect).searchParams.get('state'), redirect.startsWith(`${callback}?`)]).toEqual([303, 'of the test', true]);

  const { authentication, data } = await exchangeWebFlowCode({ ...client(standin), code: codeOf(redirect), redirectUrl: callback });
  expect(data).toMatchObject({ token_type: 'bearer', scope: '', expires_in: 28_800, refresh_token_expires_in: 15_897_600 });
  expect(authentication.token).toMatch(/^ghu_[A-Za-z0-9]{36}$/);
  const me = await new Octokit({ baseUrl: standin.apiUrl, auth: authentication.token }).request('GET /user');
  expect(me.data).toMatchObject({ login: 'grace', type: 'User', id: expect.any(Number) as number });
  expect((await checkToken({ ...client(standin), token: authentication.token })).data.user?.login).toBe('grace');

  const refresh = 'refresh_token' in data ? data.refresh_token : '';
  const refreshed = await refreshToken({ ...client(standin), refreshToken: refresh });
  await expect(checkToken({ ...client(standin), token: authentication.token })).rejects.toMatchObject({ status: 404 });
  await expect(refreshToken({ ...client(standin), refreshToken: refresh })).rejects.toThrow('bad_refresh_token');
  expect((await deleteToken({ ...client(standin), token: refreshed.authentication.token })).status).toBe(204);
  await expect(new Octokit({ baseUrl: standin.apiUrl, auth: refreshed.authentication.token }).request('GET /user')).rejects.toMatchObject({ status: 401 });
});

test('whoever says no, or asks for another address, is sent back with GitHub\'s error', async () => {
  const standin = await standinWithCallbacks();
  const fields = fieldsOf(await (await page(urlOf(standin), 'ada')).text());
  const denied = new URL((await answerPage(standin, { ...fields, decision: 'cancel' }, 'ada')).headers.get('location') ?? '');
  expect(Object.fromEntries(denied.searchParams)).toMatchObject({ error: 'access_denied', error_description: 'The user has denied your application access.', state: 'of the test' });

  // Exact, unlike for an OAuth app: no path below, no further parameter, no other host, no other port.
  for (const other of [`${callback}/below`, `${callback}?more=1`, 'https://evil.example/callback', callback.replace('4000', '4001'), `${callback}/`, '']) {
    const away = new URL((await page(urlOf(standin, { redirect_uri: other }), 'ada')).headers.get('location') ?? '');
    expect([other, away.origin + away.pathname, away.searchParams.get('error'), away.searchParams.get('code')]).toEqual([other, callback, 'redirect_uri_mismatch', null]);
  }
  expect(new URL(standin.authorize({ user: 'ada', url: urlOf(standin, { redirect_uri: second }) })).host).toBe('doubloon.example');
  expect((await page(urlOf(standin, { client_id: 'Iv23linobody' }), 'ada')).status).toBe(404);
});

test('a code works once, for ten minutes, for its client and its callback URL', async () => {
  const clock = movableClock();
  const standin = await standinWithCallbacks({ now: clock.now });
  const code = (more: Record<string, string> = {}) => codeOf(standin.authorize({ user: 'ada', url: urlOf(standin, more) }));
  const good = code();
  expect(await exchange(standin, { code: good, client_secret: 'wrong' })).toMatchObject({ error: 'incorrect_client_credentials', error_description: 'The client_id and/or client_secret passed are incorrect.' });
  expect(await exchange(standin, { code: good, client_id: 'Iv23linobody' })).toMatchObject({ error: 'incorrect_client_credentials' });
  expect(await exchange(standin, { code: good })).toMatchObject({ token_type: 'bearer' });
  expect(await exchange(standin, { code: good })).toMatchObject({ error: 'bad_verification_code', error_description: 'The code passed is incorrect or expired.' });
  expect(await exchange(standin, { code: code(), redirect_uri: second })).toMatchObject({ error: 'redirect_uri_mismatch' });
  const justInTime = code();
  clock.advance(599_000);
  expect(await exchange(standin, { code: justInTime })).toHaveProperty('access_token');
  const over = code();
  clock.advance(600_000);
  expect(await exchange(standin, { code: over })).toMatchObject({ error: 'bad_verification_code' });
});

test('a code that was asked for with a challenge needs the verifier, and only S256 is a method', async () => {
  const standin = await standinWithCallbacks();
  const { verifier, wish } = pkce();
  const code = () => codeOf(standin.authorize({ user: 'ada', url: urlOf(standin, wish) }));
  expect(await exchange(standin, { code: code(), code_verifier: verifier })).toHaveProperty('access_token');
  expect(await exchange(standin, { code: code(), code_verifier: pkce().verifier })).toMatchObject({ error: 'bad_verification_code' });
  expect(await exchange(standin, { code: code() })).toMatchObject({ error: 'bad_verification_code' });
  // A challenge that somebody took out of the address on its way.
  expect(await exchange(standin, { code: codeOf(standin.authorize({ user: 'ada', url: urlOf(standin) })), code_verifier: verifier })).toMatchObject({ error: 'bad_verification_code' });
  for (const bad of [{ ...wish, code_challenge_method: 'plain' }, { code_challenge: wish.code_challenge }, { ...wish, code_challenge: 'short' }])
    expect(new URL(standin.authorize({ user: 'ada', url: urlOf(standin, bad) })).searchParams.get('error')).toBe('invalid_request');
});

test('a user token ends after eight hours, and gives the App no more than both may do', async () => {
  const clock = movableClock();
  const standin = await standinWithCallbacks({ now: clock.now });
  const tokenFor = async (user: string) => String((await exchange(standin, { code: codeOf(standin.authorize({ user, url: urlOf(standin) })) }))['access_token']);
  const maggie = new Octokit({ baseUrl: standin.apiUrl, auth: await tokenFor('maggie') });
  const { data } = await maggie.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...difference, issue_number: 1, body: 'by way of the App' });
  expect(data).toMatchObject({ user: { login: 'maggie' }, performed_via_github_app: { id: standin.app.id } });
  await expect(maggie.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', { ...difference, issue_number: 1, state: 'closed' })).rejects.toMatchObject({ status: 403 });
  await expect(maggie.request('GET /app')).rejects.toMatchObject({ status: 401 });
  expect((await deleteAuthorization({ ...client(standin), token: await tokenFor('maggie') })).status).toBe(204);
  await expect(maggie.request('GET /user')).rejects.toMatchObject({ status: 401 });

  const ada = new Octokit({ baseUrl: standin.apiUrl, auth: await tokenFor('ada') });
  clock.advance(28_799_000);
  expect((await ada.request('GET /user')).data.login).toBe('ada');
  clock.advance(1_000);
  await expect(ada.request('GET /user')).rejects.toMatchObject({ status: 401 });
});

test('only the page itself authorizes, and only for who one was when it was shown', async () => {
  const standin = await standinWithCallbacks();
  const fields = { ...fieldsOf(await (await page(urlOf(standin), 'ada')).text()), decision: 'authorize' };
  for (const site of ['same-site', 'cross-site']) expect((await answerPage(standin, fields, 'ada', { 'sec-fetch-site': site })).status).toBe(403);
  expect((await answerPage(standin, fields, 'grace')).status).toBe(409);
  expect((await answerPage(standin, fields, 'ada', { 'sec-fetch-site': 'same-origin' })).status).toBe(303);
});

test('the page offers the account that the App suggests, and switching comes back to it', async () => {
  const standin = await standinWithCallbacks();
  const text = await (await page(urlOf(standin, { login: 'linus' }), 'ada')).text();
  expect(text).toContain('<button>Continue as linus</button>');
  const here = /name="here" value="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const switched = await fetch(`${standin.url}/-/user`, { method: 'POST', body: new URLSearchParams({ user: 'linus', here }), redirect: 'manual' });
  expect(new URL(switched.headers.get('location') ?? '', standin.url).href).toBe(urlOf(standin, { login: 'linus' }));
  expect(await (await page(urlOf(standin, { login: 'linus' }), 'linus')).text()).not.toContain('Continue as');
});

test('the exchange meets faults: a 502 after which the code is used up, and one that hangs', async () => {
  const standin = await standinWithCallbacks();
  const path = /^\/login\/oauth\/access_token$/;
  const code = codeOf(standin.authorize({ user: 'ada', url: urlOf(standin) }));
  const body = () => new URLSearchParams({ client_id: standin.app.clientId, client_secret: standin.app.clientSecret, code });
  standin.faults.api({ path }, { kind: 'unavailable' });
  standin.faults.api({ path }, { kind: 'unavailable', done: true });
  const ask = async (signal?: AbortSignal): Promise<Response> => fetch(`${standin.url}/login/oauth/access_token`, { method: 'POST', body: body(), ...(signal === undefined ? {} : { signal }) });
  expect([(await ask()).status, (await ask()).status]).toEqual([502, 502]);
  expect(new URLSearchParams(await (await ask()).text()).get('error')).toBe('bad_verification_code');
  standin.faults.api({ path }, { kind: 'hang' });
  await expect(ask(AbortSignal.timeout(300))).rejects.toThrow(/timeout/i);
  standin.faults.api({ path }, { kind: 'secondary-limit', retryAfter: 9 });
  expect((await ask()).status).toBe(429);
  expect(standin.asked.map(({ path: at, status }) => [at, status])).toEqual([502, 502, 200, undefined, 429].map((status) => ['/login/oauth/access_token', status]));
});
