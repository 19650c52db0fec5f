import { verify, type KeyObject } from 'node:crypto';
import { Refusal } from './refusal.ts';
import { newToken, type UserTokens } from './user-tokens.ts';
import type { Account, App, Installation, Permissions } from './world.ts';

/** Who is calling the API, as far as the credentials say. */
export type Caller =
  | { readonly kind: 'anonymous' }
  /** `via` is the App that acts for them, with a token of the web application flow. */
  | { readonly kind: 'person'; readonly account: Account; readonly via: App | undefined }
  /** Somebody who knows the client secret of the App. */
  | { readonly kind: 'client'; readonly app: App }
  | { readonly kind: 'app' }
  | { readonly kind: 'installation'; readonly token: InstallationToken };

export interface InstallationToken {
  readonly installation: Installation;
  readonly permissions: Permissions;
  /** Narrower than the installation when it was asked so. */
  readonly repositoryIds: ReadonlySet<number> | undefined;
  readonly expiresAt: Date;
}

const tokenLifeMs = 3_600_000;
const longestJwtSeconds = 600;

/** The personal token of a seeded user, for scripts that act as a person. */
export const personalToken = (login: string): string => `user-${login}`;

const tokenOf = (authorization = ''): string => authorization.split(' ')[1] ?? '';

function decoded(part: string | undefined): Record<string, unknown> {
  const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('not an object');
  return value as Record<string, unknown>;
}

/** Checks the tokens that callers send, and hands out those of installations. */
export class Credentials {
  readonly #app: App;
  readonly #publicKey: KeyObject;
  readonly #people: ReadonlyMap<string, Account>;
  readonly #now: () => Date;
  readonly #tokens = new Map<string, InstallationToken>();
  readonly userTokens: UserTokens;

  constructor(o: { app: App; publicKey: KeyObject; accounts: readonly Account[]; now: () => Date; userTokens: UserTokens }) {
    this.#app = o.app;
    this.#publicKey = o.publicKey;
    this.#people = new Map(o.accounts.filter((it) => it.type === 'User').map((it) => [personalToken(it.login), it]));
    this.#now = o.now;
    this.userTokens = o.userTokens;
  }

  /** Who sent this `Authorization` header. Throws a 401 refusal for credentials that are wrong or have expired. */
  caller(authorization: string | undefined): Caller {
    if (authorization === undefined) return { kind: 'anonymous' };
    const [scheme, token, more] = authorization.split(' ');
    if (/^basic$/i.test(scheme ?? '')) return { kind: 'client', app: this.#appOf(token ?? '') };
    if (scheme === undefined || token === undefined || more !== undefined || !/^(bearer|token)$/i.test(scheme)) throw new Refusal(401, 'Bad credentials');
    const account = this.#people.get(token);
    if (account !== undefined) return { kind: 'person', account, via: undefined };
    const ofUser = this.userTokens.find(token);
    if (ofUser !== undefined) return { kind: 'person', account: ofUser.account, via: ofUser.app };
    if (token.split('.').length === 3) {
      // GitHub takes a JWT with `Bearer` only.
      if (!/^bearer$/i.test(scheme)) throw new Refusal(401, 'A JSON web token could not be decoded');
      this.#checkJwt(token);
      return { kind: 'app' };
    }
    const issued = this.#tokens.get(token);
    if (issued === undefined || issued.expiresAt <= this.#now()) throw new Refusal(401, 'Bad credentials');
    return { kind: 'installation', token: issued };
  }

  /** A new installation token. It ends an hour from now. */
  issue(o: Omit<InstallationToken, 'expiresAt'>): { token: string; expiresAt: Date } {
    const token = newToken('ghs');
    const expiresAt = new Date(this.#now().getTime() + tokenLifeMs);
    this.#tokens.set(token, { ...o, expiresAt });
    return { token, expiresAt };
  }

  /** Whether this header is that of a person, known or not, and not of the App, which also holds the tokens of those who authorized it. */
  isPerson(authorization: string | undefined): boolean {
    const token = tokenOf(authorization);
    return token === '' || this.#people.has(token);
  }

  /** Whose token this `Authorization` header holds, whether or not it is still good; `undefined` for any other. */
  installationOf(authorization: string | undefined): Installation | undefined {
    return this.#tokens.get(tokenOf(authorization))?.installation;
  }

  /** The token of this `Authorization` header, of an installation or of the web application flow, is void from now on. */
  revoke(authorization: string | undefined): void {
    this.#tokens.delete(tokenOf(authorization));
    this.userTokens.revoke(tokenOf(authorization));
  }

  #appOf(basic: string): App {
    const [id, secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
    if (id !== this.#app.clientId || secret !== this.#app.clientSecret) throw new Refusal(401, 'Bad credentials');
    return this.#app;
  }

  /** GitHub's checks of an App's JWT, with GitHub's words: `@octokit/auth-app` mends a wrong clock by reading them. */
  #checkJwt(jwt: string): void {
    const [header, payload, signature] = jwt.split('.');
    let claims: Record<string, unknown>;
    try {
      if (decoded(header)['alg'] !== 'RS256') throw new TypeError('not RS256');
      claims = decoded(payload);
      if (!verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), this.#publicKey, Buffer.from(signature ?? '', 'base64url'))) throw new TypeError('wrong signature');
    } catch {
      throw new Refusal(401, 'A JSON web token could not be decoded');
    }
    const seconds = Math.floor(this.#now().getTime() / 1000);
    const { iss, iat, exp } = claims;
    if (typeof iat !== 'number' || !Number.isInteger(iat) || iat > seconds)
      throw new Refusal(401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued");
    if (typeof exp !== 'number' || !Number.isInteger(exp) || exp <= seconds)
      throw new Refusal(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires");
    if (exp > seconds + longestJwtSeconds) throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
    if (iss === undefined) throw new Refusal(401, "Missing 'issuer' claim ('iss') in assertion");
    if (String(iss) !== String(this.#app.id) && iss !== this.#app.clientId) throw new Refusal(404, 'Integration not found');
  }
}
