import { DoubloonError } from '@doubloon/errors';
import type { Logger } from '@doubloon/service';
import { askedToWait, unavailable, type Answer, type Ask, type Question } from './github/ask.ts';
import { accountForm, accountOf } from './github/shapes.ts';
import type { GitHubUser } from './person.ts';

/** How people prove who they are at GitHub. It never gets a token to keep, nor any right. */
export interface OAuth {
  /** Where a browser goes to sign in. `challenge` is the S256 of the verifier. */
  authorizeUrl(o: { state: string; challenge: string }): string;
  /** Who sent us this code: it is used up by asking. SIGN_IN_REFUSED, GITHUB_UNAVAILABLE. */
  userOf(o: { code: string; verifier: string }): Promise<GitHubUser>;
}

export interface OAuthSettings {
  readonly ask: Ask;
  /** Of the pages of GitHub, and of its REST API. */
  readonly githubUrl: string;
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where GitHub sends the browser back to. */
  readonly redirectUri: string;
  readonly log: Logger;
  readonly now: () => Date;
}

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

/** The web application flow of a GitHub App. Nothing is asked twice: a code works once, and whoever asks tries again. */
export function openOAuth({ ask: askOnce, githubUrl, apiUrl, clientId, clientSecret, redirectUri, log, now }: OAuthSettings): OAuth {
  const asClient = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;

  async function ask(call: string, question: Question): Promise<Answer> {
    const answer = await askOnce(question).catch((cause: unknown) => { throw unavailable(call, cause); });
    if (answer.status >= 500 || askedToWait(answer, now()) !== undefined) throw unavailable(call, new Error(`status ${String(answer.status)}`));
    return answer;
  }

  async function exchange(code: string, verifier: string): Promise<string> {
    const { status, body } = await ask('the exchange of the code', {
      method: 'POST', url: `${githubUrl}/login/oauth/access_token`, accept: 'application/json', body: { client_id: clientId, client_secret: clientSecret, code, redirect_uri: redirectUri, code_verifier: verifier },
    });
    const token = textIn(body, 'access_token');
    if (token !== undefined) return token;
    const error = textIn(body, 'error');
    if (error === 'incorrect_client_credentials' || error === 'redirect_uri_mismatch' || status === 404) {
      log.error({ error, status }, 'GitHub does not take our client credentials or our callback URL');
      throw signInRefused('settings');
    }
    if (error === undefined) throw unavailable('the exchange of the code');
    throw signInRefused('code', new Error(error));
  }

  async function me(token: string): Promise<GitHubUser> {
    const call = 'who signed in';
    const { status, body } = await ask(call, { url: `${apiUrl}/user`, authorization: `Bearer ${token}` });
    if (status === 401 || status === 403) throw signInRefused('account');
    const read = accountForm.safeParse(body);
    if (!read.success) throw unavailable(call, read.error);
    const { id, login, kind, isSuspended } = accountOf(read.data);
    if (kind !== 'user') throw signInRefused('not-a-person');
    if (isSuspended) throw signInRefused('account');
    return { githubId: id, login };
  }

  /** Nothing more is to be done with it, by whomever it may reach. It runs out by itself where this fails. */
  async function revoke(token: string): Promise<void> {
    try {
      const { status } = await ask('giving back a token', { method: 'DELETE', url: `${apiUrl}/applications/${clientId}/token`, authorization: asClient, body: { access_token: token } });
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
  };
}

function textIn(body: unknown, name: string): string | undefined {
  const value = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>)[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
