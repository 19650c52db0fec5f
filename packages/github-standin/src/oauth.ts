import { createHash, randomBytes } from 'node:crypto';
import { refreshLifeSeconds, tokenLifeSeconds, type UserToken, type UserTokens } from './user-tokens.ts';
import type { Account, App, World } from './world.ts';

/** What an App asks a person for, by GitHub's docs "Generating a user access token for a GitHub App". */
export interface Wish {
  readonly app: App;
  /** Where the answer goes. */
  readonly callbackUrl: string;
  /** What `redirect_uri` said; the exchange may leave it out, and may not say another. */
  readonly redirectUri: string | undefined;
  readonly state: string | undefined;
  /** Of PKCE, by S256: the only method that GitHub knows. */
  readonly challenge: string | undefined;
  /** The account that the App suggests. */
  readonly login: string | undefined;
}

interface Code extends Wish {
  readonly account: Account;
  readonly expiresAt: Date;
}

const codeLifeMs = 600_000;
const help = '/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors';
const authorizing = '/apps/building-integrations/setting-up-and-registering-oauth-apps/troubleshooting-authorization-request-errors';

const errors = {
  incorrect_client_credentials: ['The client_id and/or client_secret passed are incorrect.', `${help}/#incorrect-client-credentials`],
  redirect_uri_mismatch: ['The redirect_uri MUST match the registered callback URL for this application.', '/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/#redirect-uri-mismatch2'],
  bad_verification_code: ['The code passed is incorrect or expired.', `${help}/#bad-verification-code`],
  bad_refresh_token: ['The refresh token passed is incorrect or expired.', help],
  unsupported_grant_type: ['The grant type is not supported.', help],
} as const;

/** What the exchange answers, always with status 200. */
export type Exchanged = Readonly<Record<string, string | number>>;

const refused = (error: keyof typeof errors): Exchanged => ({ error, error_description: errors[error][0], error_uri: errors[error][1] });

const told = ({ token, refreshToken }: UserToken): Exchanged => ({
  access_token: token, expires_in: tokenLifeSeconds, refresh_token: refreshToken, refresh_token_expires_in: refreshLifeSeconds, token_type: 'bearer', scope: '',
});

function back(to: string, answer: Readonly<Record<string, string>>, state: string | undefined): string {
  const url = new URL(to);
  for (const [name, value] of Object.entries({ ...answer, ...(state === undefined ? {} : { state }) })) url.searchParams.set(name, value);
  return url.href;
}

const hashed = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

/** The web application flow: a person authorizes an App, and the App exchanges the code it gets for a token. */
export class OAuth {
  readonly #world: World;
  readonly #tokens: UserTokens;
  readonly #codes = new Map<string, Code>();

  constructor(world: World, tokens: UserTokens) {
    this.#world = world;
    this.#tokens = tokens;
  }

  /**
   * Reads an authorize URL: what is wished, `refusal` as the URL to which the browser goes instead, or `undefined` when
   * no App is known by that `client_id`, or it has no callback URL. A wrong `redirect_uri` goes to the first callback URL, by GitHub's
   * docs "Troubleshooting authorization request errors". What GitHub says to a bad PKCE challenge is not documented: here it is `invalid_request`.
   */
  read(search: URLSearchParams): Wish | { refusal: string } | undefined {
    const app = this.#appOf(search.get('client_id'));
    const first = app?.callbackUrls[0];
    if (app === undefined || first === undefined) return undefined;
    const [redirectUri, state, challenge, method, login] = ['redirect_uri', 'state', 'code_challenge', 'code_challenge_method', 'login'].map((name) => search.get(name) ?? undefined);
    // For a GitHub App the match is exact, unlike for an OAuth app.
    if (redirectUri !== undefined && !app.callbackUrls.includes(redirectUri))
      return { refusal: back(first, { error: 'redirect_uri_mismatch', error_description: errors.redirect_uri_mismatch[0], error_uri: `${authorizing}/#redirect-uri-mismatch` }, state) };
    const callbackUrl = redirectUri ?? first;
    if ((challenge !== undefined || method !== undefined) && (method !== 'S256' || !/^[\w-]{43}$/.test(challenge ?? '')))
      return { refusal: back(callbackUrl, { error: 'invalid_request', error_description: 'The code_challenge has to be of method S256.' }, state) };
    return { app, callbackUrl, redirectUri, state, challenge, login };
  }

  /** The person says yes: where the browser goes, with a code that lives ten minutes and works once. */
  authorize(wish: Wish, account: Account): string {
    const code = randomBytes(10).toString('hex');
    this.#codes.set(code, { ...wish, account, expiresAt: new Date(this.#world.now().getTime() + codeLifeMs) });
    return back(wish.callbackUrl, { code }, wish.state);
  }

  /** The person says no: where the browser goes. */
  deny(wish: Wish): string {
    return back(wish.callbackUrl, { error: 'access_denied', error_description: 'The user has denied your application access.', error_uri: `${authorizing}/#access-denied` }, wish.state);
  }

  /** A token for a code, or for a refresh token. */
  exchange(said: Readonly<Record<string, string | undefined>>): Exchanged {
    const app = this.#appOf(said['client_id'] ?? null);
    if (app === undefined || said['client_secret'] !== app.clientSecret) return refused('incorrect_client_credentials');
    if (said['grant_type'] === 'refresh_token') {
      const refreshed = this.#tokens.refresh(app, said['refresh_token'] ?? '');
      return refreshed === undefined ? refused('bad_refresh_token') : told(refreshed);
    }
    if (said['grant_type'] !== undefined && said['grant_type'] !== 'authorization_code') return refused('unsupported_grant_type');
    const code = this.#codes.get(said['code'] ?? '');
    if (code?.app !== app || code.expiresAt <= this.#world.now() || !this.#world.accounts.includes(code.account) || code.account.isSuspended) return refused('bad_verification_code');
    // Whoever knows the code and the secret has one try: GitHub does not say so, but nobody honest needs two.
    this.#codes.delete(said['code'] ?? '');
    if (said['redirect_uri'] !== undefined && said['redirect_uri'] !== code.callbackUrl) return refused('redirect_uri_mismatch');
    const verifier = said['code_verifier'];
    const proven = code.challenge === undefined ? verifier === undefined : verifier !== undefined && hashed(verifier) === code.challenge;
    return proven ? told(this.#tokens.issue(app, code.account)) : refused('bad_verification_code');
  }

  #appOf(clientId: string | null): App | undefined {
    return this.#world.apps.find((it) => it.clientId === clientId);
  }
}
