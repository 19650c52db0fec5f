import { DoubloonError } from '@doubloon/errors';
import type { Logger } from '@doubloon/service';
import { textOf } from './github/ask.ts';

/** Somebody on GitHub: the numeric id as decimal text, and how they are called at the moment. */
export interface GitHubUser {
  readonly githubId: string;
  readonly login: string;
}

/** What we ask GitHub about people. It never gets a token to keep, nor any right. */
export interface OAuth {
  /** Where a browser goes to sign in. `challenge` is the S256 of the verifier. */
  authorizeUrl(o: { state: string; challenge: string }): string;
  /** Who sent us this code: it is used up by asking. SIGN_IN_REFUSED, GITHUB_UNAVAILABLE. */
  userOf(o: { code: string; verifier: string }): Promise<GitHubUser>;
  /** Whose login it is now. GITHUB_USER_ABSENT, GITHUB_UNAVAILABLE. */
  userByLogin(login: string): Promise<GitHubUser>;
  /** How a user is called now; `undefined` when there is none of that id any more. GITHUB_UNAVAILABLE. */
  userById(githubId: string): Promise<GitHubUser | undefined>;
}

export interface OAuthSettings {
  /** Of the pages of GitHub, and of its REST API. */
  readonly githubUrl: string;
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where GitHub sends the browser back to. */
  readonly redirectUri: string;
  readonly log: Logger;
}

const timeoutMs = 8_000;
const apiVersion = '2022-11-28';

const refusals = {
  denied: 'you did not agree to it there',
  code: 'GitHub does not know the code it gave us, or gave it to somebody else: please start again',
  account: 'GitHub does not let this account in',
  'not-a-person': 'only people can have a wallet here, no organisation and no bot',
  settings: 'this site is not set up as GitHub knows it: please tell whoever runs it',
  state: 'the answer does not belong to a sign-in of this browser: please start again',
  over: 'it was answered already, or took longer than ten minutes: please start again',
} as const;

/** SIGN_IN_REFUSED for one of the reasons, in words for the person who signs in. */
export const signInRefused = (reason: keyof typeof refusals, cause?: unknown): DoubloonError => new DoubloonError('SIGN_IN_REFUSED', { reason, problem: refusals[reason] }, { cause });

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The web application flow of a GitHub App, by fetch. Nothing is asked twice: a code works once, and whoever asks tries again. */
export function openOAuth({ githubUrl, apiUrl, clientId, clientSecret, redirectUri, log }: OAuthSettings): OAuth {
  const asClient = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;

  async function ask(call: string, url: string, { method = 'GET', authorization, body }: { method?: string; authorization?: string; body?: Readonly<Record<string, string>> }): Promise<Answer> {
    const unavailable = (cause: unknown) => new DoubloonError('GITHUB_UNAVAILABLE', { call }, { cause });
    const headers = {
      'accept': url.startsWith(apiUrl) ? 'application/vnd.github+json' : 'application/json', 'user-agent': 'doubloon', 'x-github-api-version': apiVersion,
      ...(authorization === undefined ? {} : { authorization }), ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    let answer: Answer;
    try {
      const reply = await fetch(url, { method, headers, redirect: 'error', signal: AbortSignal.timeout(timeoutMs), ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      const text = await textOf(reply);
      answer = { status: reply.status, headers: reply.headers, body: reply.ok && text !== '' ? (JSON.parse(text) as unknown) : undefined };
    } catch (error) {
      throw unavailable(error);
    }
    const isLimited = answer.status === 429 || (answer.status === 403 && (answer.headers.get('x-ratelimit-remaining') === '0' || answer.headers.has('retry-after')));
    if (answer.status >= 500 || isLimited) throw unavailable(new Error(`status ${String(answer.status)}`));
    return answer;
  }

  async function exchange(code: string, verifier: string): Promise<string> {
    const { status, body } = await ask('the exchange of the code', `${githubUrl}/login/oauth/access_token`, {
      method: 'POST', body: { client_id: clientId, client_secret: clientSecret, code, redirect_uri: redirectUri, code_verifier: verifier },
    });
    const token = textIn(body, 'access_token');
    if (token !== undefined) return token;
    const error = textIn(body, 'error');
    if (error === 'incorrect_client_credentials' || error === 'redirect_uri_mismatch' || status === 404) {
      log.error({ error, status }, 'GitHub does not take our client credentials or our callback URL');
      throw signInRefused('settings');
    }
    if (error === undefined) throw new DoubloonError('GITHUB_UNAVAILABLE', { call: 'the exchange of the code' });
    throw signInRefused('code', new Error(error));
  }

  async function me(token: string): Promise<GitHubUser> {
    const { status, body } = await ask('who signed in', `${apiUrl}/user`, { authorization: `Bearer ${token}` });
    if (status === 401 || status === 403) throw signInRefused('account');
    const user = userIn(body);
    if (user === undefined) throw new DoubloonError('GITHUB_UNAVAILABLE', { call: 'who signed in' });
    if (user === 'not-a-person') throw signInRefused('not-a-person');
    if (user === 'suspended') throw signInRefused('account');
    return user;
  }

  /** Nothing more is to be done with it, by whomever it may reach. It runs out by itself where this fails. */
  async function revoke(token: string): Promise<void> {
    try {
      const { status } = await ask('giving back a token', `${apiUrl}/applications/${clientId}/token`, { method: 'DELETE', authorization: asClient, body: { access_token: token } });
      if (status !== 204) log.warn({ status }, 'GitHub did not take back the token of a sign-in');
    } catch (err) {
      log.warn({ err }, 'GitHub did not take back the token of a sign-in');
    }
  }

  return {
    authorizeUrl({ state, challenge }) {
      const url = new URL(`${githubUrl}/login/oauth/authorize`);
      const search = { client_id: clientId, redirect_uri: redirectUri, state, code_challenge: challenge, code_challenge_method: 'S256' };
      for (const [name, value] of Object.entries(search)) url.searchParams.set(name, value);
      return url.href;
    },
    async userOf({ code, verifier }) {
      const token = await exchange(code, verifier);
      try {
        return await me(token);
      } finally {
        await revoke(token);
      }
    },
    async userByLogin(login) {
      const absent = new DoubloonError('GITHUB_USER_ABSENT', { login: login.slice(0, 60) });
      if (!isLogin(login)) throw absent;
      const { status, body } = await ask('whose login it is', `${apiUrl}/users/${login}`, {});
      if (status === 404) throw absent;
      const user = userIn(body);
      if (user === undefined) throw new DoubloonError('GITHUB_UNAVAILABLE', { call: 'whose login it is' });
      if (user === 'not-a-person') throw absent;
      return user === 'suspended' ? Promise.reject(absent) : user;
    },
    async userById(githubId) {
      const { status, body } = await ask('how a user is called', `${apiUrl}/user/${githubId}`, {});
      if (status === 404) return undefined;
      const user = userIn(body);
      if (user === undefined) throw new DoubloonError('GITHUB_UNAVAILABLE', { call: 'how a user is called' });
      return typeof user === 'string' || user.githubId !== githubId ? undefined : user;
    },
  };
}

/** By GitHub's rule for people; a name of managed users has an underscore before the short code of its enterprise. */
const isLogin = (text: string): boolean => /^[a-z\d](?:[a-z\d]|-(?=[a-z\d]))*(?:_[a-z\d]+)?$/i.test(text) && text.length <= 60;

/** Reads a user by GitHub's shape; `undefined` when it is none. The id is a number in JSON, and exact up to 2^53: beyond that it is refused. */
export function userIn(body: unknown): GitHubUser | 'not-a-person' | 'suspended' | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { id, login, type, suspended_at: suspendedAt } = body as Readonly<Record<string, unknown>>;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id <= 0 || typeof login !== 'string' || login === '' || login.length > 100) return undefined;
  if (type !== 'User') return 'not-a-person';
  if (suspendedAt !== undefined && suspendedAt !== null) return 'suspended';
  return { githubId: String(id), login };
}

function textIn(body: unknown, name: string): string | undefined {
  const value = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>)[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
