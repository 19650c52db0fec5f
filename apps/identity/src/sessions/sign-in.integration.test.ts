import { createHash, randomBytes } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startGitHubStandin, type GitHubStandin } from '@doubloon/github-standin';
import { migrationsFolder } from '@doubloon/postgres';
import { openTestDatabase, type TestDatabase } from '@doubloon/postgres/testing';
import { createLogger } from '@doubloon/service';
import { openAsk } from '../github/ask.ts';
import { openOAuth, type OAuthSettings } from '../oauth.ts';
import { forgetOld } from '../retention.ts';
import { endSession, idleMs, longestMs, sessionOf, signInMs } from './session.ts';
import { beginSession, completeSignIn } from './sign-in.ts';

const webUrl = 'http://pages.example';
const redirectUri = `${webUrl}/link/callback`;
const log = createLogger({ name: 'test', level: 'silent' });

let github: GitHubStandin;
let database: TestDatabase;
let skewMs = 0;
beforeAll(async () => {
  [github, database] = await Promise.all([startGitHubStandin({ webhook: { secret: 'nobody is told anything here, and it is long' } }), openTestDatabase(migrationsFolder('identity'))]);
  github.setCallbackUrls([redirectUri]);
}, 60_000);
afterAll(async () => { await Promise.all([github[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]); });
beforeEach(async () => {
  skewMs = 0;
  github.faults.clear();
  await database.pool.query('delete from allowance');
  await database.pool.query('delete from session');
});

const contextWith = (changes: Partial<OAuthSettings> = {}) => ({
  pool: database.pool, webUrl, log, random: randomBytes, now: () => new Date(Date.now() + skewMs),
  oauth: openOAuth({ ask: openAsk({ timeoutMs: 5_000 }), now: () => new Date(), githubUrl: github.url, apiUrl: github.apiUrl, clientId: github.app.clientId, clientSecret: github.app.clientSecret, redirectUri, log, ...changes }),
});

const address = '192.0.2.1';
const begin = (returnTo = '/link') => beginSession(contextWith(), { returnTo, address });
const answered = (location: string) => {
  const search = new URL(location).searchParams;
  return { code: search.get('code') ?? '', state: search.get('state') ?? '', error: search.get('error') ?? '', address };
};
const agreed = (authorizeUrl: string, user = 'ada') => answered(github.authorize({ user, url: authorizeUrl }));
const complete = (session: string, answer: ReturnType<typeof answered>, context = contextWith()) => completeSignIn(context, { session, ...answer });
const refusedFor = (reason: string) => expect.objectContaining({ code: 'SIGN_IN_REFUSED', facts: expect.objectContaining({ reason }) as unknown });
const absent = expect.objectContaining({ code: 'SESSION_ABSENT' });
const idOf = (login: string) => String(github.account(login).id);

describe('a sign-in', () => {
  test('asks for no right, brings the numeric id, a new token for the session and the way back, and gives the token of GitHub back', async () => {
    const begun = await begin('/link?step=change#wallet');
    const asked = new URL(begun.authorizeUrl);
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      client_id: github.app.clientId, redirect_uri: redirectUri, state: expect.stringMatching(/^[\w-]{43}$/) as unknown, code_challenge: expect.stringMatching(/^[\w-]{43}$/) as unknown, code_challenge_method: 'S256',
    });
    const before = github.asked.length;
    const signedIn = await complete(begun.session, agreed(begun.authorizeUrl));
    expect(signedIn).toMatchObject({ person: { githubId: idOf('ada'), login: 'ada' }, returnTo: '/link?step=change#wallet' });
    expect(signedIn.session).not.toBe(begun.session);
    expect(github.asked.slice(before).map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /login/oauth/access_token', 'GET /user', `DELETE /applications/${github.app.clientId}/token`]);
    expect(await sessionOf(contextWith(), signedIn.session)).toMatchObject({ githubId: idOf('ada'), login: 'ada' });
    await expect(sessionOf(contextWith(), begun.session)).rejects.toEqual(absent);
    github.assertConforms();
  });

  test('leaves nothing in the database that opens a session', async () => {
    const begun = await begin();
    const { session } = await complete(begun.session, agreed(begun.authorizeUrl));
    const kept = JSON.stringify((await database.pool.query('select * from session')).rows);
    for (const secret of [session, begun.session]) expect(kept).not.toContain(secret);
    const { rows } = await database.pool.query<{ hash: Buffer }>('select token_hash as hash from session');
    expect(rows.map(({ hash }) => hash.toString('hex'))).toEqual([createHash('sha256').update(session).digest('hex')]);
  });

  test('is worth nothing without an answer: a session that is nobody’s opens nothing', async () => {
    const { session } = await begin();
    await expect(sessionOf(contextWith(), session)).rejects.toEqual(absent);
  });

  test.each(['https://evil.example/', '//evil.example', '/\\evil.example', '/\t/evil.example', '/.//evil.example', 'link', '', 'javascript:alert(1)', `/${'x'.repeat(600)}`])('never leads to %j', async (returnTo) => {
    await expect(begin(returnTo)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

describe('attacks', () => {
  test('a forged state is refused, and does not take the place of the real answer', async () => {
    const begun = await begin();
    const real = agreed(begun.authorizeUrl);
    for (const state of ['', 'x', randomBytes(32).toString('base64url'), `${real.state}x`]) await expect(complete(begun.session, { ...real, state })).rejects.toEqual(refusedFor('state'));
    await expect(complete(begun.session, real)).resolves.toMatchObject({ person: { login: 'ada' } });
  });

  test('a replayed answer is refused, from the same browser and from another', async () => {
    const [begun, other] = [await begin(), await begin()];
    const answer = agreed(begun.authorizeUrl);
    await complete(begun.session, answer);
    await expect(complete(begun.session, answer)).rejects.toEqual(absent);
    await expect(complete(other.session, { ...answer, state: agreed(other.authorizeUrl).state })).rejects.toEqual(refusedFor('code'));
  });

  test('of two that answer at once with the same code one signs in', async () => {
    const begun = await begin();
    const answer = agreed(begun.authorizeUrl);
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => complete(begun.session, answer)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('a code that was given to another browser session is refused by its verifier', async () => {
    const [mine, theirs] = [await begin(), await begin()];
    const stolen = agreed(theirs.authorizeUrl, 'grace');
    await expect(complete(mine.session, { ...stolen, state: agreed(mine.authorizeUrl).state })).rejects.toEqual(refusedFor('code'));
  });

  test('login CSRF: the answer of the attacker’s own sign-in is refused in the victim’s browser, whether it has begun one or not', async () => {
    const [attacker, victim] = [await begin(), await begin()];
    const answer = agreed(attacker.authorizeUrl, 'maggie');
    await expect(complete(victim.session, answer)).rejects.toEqual(refusedFor('state'));
    await expect(complete('', answer)).rejects.toEqual(absent);
    await expect(complete(randomBytes(32).toString('base64url'), answer)).rejects.toEqual(absent);
  });

  test('session fixation: whoever knew the session before its sign-in has nothing after it', async () => {
    const planted = await begin();
    const { session } = await complete(planted.session, agreed(planted.authorizeUrl));
    await expect(sessionOf(contextWith(), planted.session)).rejects.toEqual(absent);
    await expect(sessionOf(contextWith(), session)).resolves.toMatchObject({ login: 'ada' });
  });

  test('two sessions that were mixed up stay those of two people', async () => {
    const [one, other] = [await begin(), await begin()];
    const [ofAda, ofGrace] = [agreed(one.authorizeUrl, 'ada'), agreed(other.authorizeUrl, 'grace')];
    await expect(complete(one.session, ofGrace)).rejects.toEqual(refusedFor('state'));
    await expect(complete(other.session, ofAda)).rejects.toEqual(refusedFor('state'));
    const [ada, grace] = [await complete(one.session, ofAda), await complete(other.session, ofGrace)];
    expect([await sessionOf(contextWith(), ada.session), await sessionOf(contextWith(), grace.session)]).toMatchObject([{ login: 'ada' }, { login: 'grace' }]);
  });

  test('saying no at GitHub ends that sign-in, with a sentence, and another works', async () => {
    const begun = await begin();
    const no = answered(github.authorize({ user: 'ada', url: begun.authorizeUrl, cancel: true }));
    await expect(complete(begun.session, no)).rejects.toMatchObject({ code: 'SIGN_IN_REFUSED', message: 'The sign-in with GitHub was refused: you did not agree to it there.' });
    await expect(complete(begun.session, no)).rejects.toEqual(refusedFor('over'));
    const again = await begin();
    await expect(complete(again.session, agreed(again.authorizeUrl))).resolves.toMatchObject({ person: { login: 'ada' } });
  });

  test('a redirect_uri or secret that GitHub does not know is not blamed on the person', async () => {
    const begun = await begin();
    await expect(complete(begun.session, agreed(begun.authorizeUrl), contextWith({ clientSecret: 'another' }))).rejects.toEqual(refusedFor('settings'));
  });
});

describe('GitHub', () => {
  test.each([
    ['down before the exchange', 'POST', /^\/login\/oauth\/access_token$/, { kind: 'unavailable' }],
    ['answering 502 although it has exchanged the code', 'POST', /^\/login\/oauth\/access_token$/, { kind: 'unavailable', done: true }],
    ['resetting the connection after the exchange', 'POST', /^\/login\/oauth\/access_token$/, { kind: 'reset', done: true }],
    ['down when asked who it is', 'GET', /^\/user$/, { kind: 'unavailable', status: 503 }],
    ['limiting who asks who it is', 'GET', /^\/user$/, { kind: 'secondary-limit', status: 403, retryAfter: 60 }],
  ] as const)('%s is told as such, that sign-in is over, and a new one works', async (_what, method, path, fault) => {
    const begun = await begin();
    const answer = agreed(begun.authorizeUrl);
    github.faults.api({ people: true, method, path }, fault);
    await expect(complete(begun.session, answer)).rejects.toMatchObject({ code: 'GITHUB_UNAVAILABLE' });
    expect(github.faults.left()).toBe(0);
    await expect(complete(begun.session, answer)).rejects.toEqual(refusedFor('over'));
    const again = await begin();
    await expect(complete(again.session, agreed(again.authorizeUrl))).resolves.toMatchObject({ person: { login: 'ada' } });
  });

  test('that does not take its token back is no reason to refuse anybody', async () => {
    const begun = await begin();
    github.faults.api({ people: true, method: 'DELETE', path: /\/token$/ }, { kind: 'unavailable' });
    await expect(complete(begun.session, agreed(begun.authorizeUrl))).resolves.toMatchObject({ person: { login: 'ada' } });
    expect(github.faults.left()).toBe(0);
  });

  test('a renamed user is the same person, under the new login', async () => {
    const ada = idOf('linus');
    github.rename('linus', 'linus-p');
    onTestFinished(() => { github.rename('linus-p', 'linus'); });
    const begun = await begin();
    await expect(complete(begun.session, agreed(begun.authorizeUrl, 'linus-p'))).resolves.toMatchObject({ person: { githubId: ada, login: 'linus-p' } });
    expect((await database.pool.query('select login from person where github_id = $1', [ada])).rows).toEqual([{ login: 'linus-p' }]);
  });

  const strange = async (user: unknown) => {
    const server = createServer((request, reply: ServerResponse) => {
      reply.setHeader('content-type', 'application/json');
      const body = request.url === '/user' ? user : request.url?.endsWith('/access_token') === true ? { access_token: 'ghu_x', token_type: 'bearer', scope: '' } : {};
      reply.statusCode = request.method === 'DELETE' ? 204 : 200;
      reply.end(request.method === 'DELETE' ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => { server.close(() => { resolve(); }); server.closeAllConnections(); }));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const begun = await begin();
    return complete(begun.session, agreed(begun.authorizeUrl), contextWith({ githubUrl: url, apiUrl: url }));
  };

  test.each([0, -1, 1.5, '583231', null, '{"id":9007199254740993,"login":"ada","type":"User"}', 'no JSON'])('a user with the id %j is nobody', async (id) => {
    await expect(strange(typeof id === 'string' && id.startsWith('{') ? id : id === 'no JSON' ? id : { id, login: 'ada', type: 'User' })).rejects.toMatchObject({ code: 'GITHUB_UNAVAILABLE' });
  });

  test.each(['Organization', 'Bot', 'Mannequin'])('an account of type %s is refused', async (type) => {
    await expect(strange({ id: 583231, login: 'acme', type })).rejects.toEqual(refusedFor('not-a-person'));
  });

  test('a user of no type is nobody', async () => {
    await expect(strange({ id: 583231, login: 'ada' })).rejects.toMatchObject({ code: 'GITHUB_UNAVAILABLE' });
  });

  test('a suspended account is refused', async () => {
    await expect(strange({ id: 583231, login: 'ada', type: 'User', suspended_at: '2026-01-01T00:00:00Z' })).rejects.toEqual(refusedFor('account'));
  });
});

describe('time', () => {
  test('a sign-in is over after ten minutes', async () => {
    const begun = await begin();
    const answer = agreed(begun.authorizeUrl);
    skewMs = signInMs;
    await expect(complete(begun.session, answer)).rejects.toEqual(absent);
  });

  test('a session ends when nobody uses it, lives on while somebody does, and never longer than its longest life', async () => {
    const signedIn = async () => {
      const begun = await begin();
      return (await complete(begun.session, agreed(begun.authorizeUrl))).session;
    };
    const [unused, used] = [await signedIn(), await signedIn()];
    for (skewMs = 0; skewMs < longestMs - idleMs; skewMs += idleMs - 60_000) await expect(sessionOf(contextWith(), used)).resolves.toMatchObject({ login: 'ada' });
    await expect(sessionOf(contextWith(), unused)).rejects.toEqual(absent);
    skewMs = longestMs;
    await expect(sessionOf(contextWith(), used)).rejects.toEqual(absent);
    expect((await database.pool.query('select from session')).rowCount).toBe(2);
    await forgetOld(contextWith());
    expect((await database.pool.query('select from session')).rowCount).toBe(0);
  });

  test('a session that was ended is over at once, and ending it again changes nothing', async () => {
    const begun = await begin();
    const { session } = await complete(begun.session, agreed(begun.authorizeUrl));
    await endSession(database.pool, session);
    await endSession(database.pool, session);
    await expect(sessionOf(contextWith(), session)).rejects.toEqual(absent);
  });
});
