import { verify } from 'node:crypto';
import { Refusal, suspended } from './refusal.ts';
import { newToken, type UserTokens } from './user-tokens.ts';
import { peopleOf, type Account, type App, type Installation, type Permissions, type World } from './world.ts';

/** Who is calling the API, as far as the credentials say. */
export type Caller =
  | { readonly kind: 'anonymous' }
  /** `via` is the App that acts for them, with a token of the web application flow. */
  | { readonly kind: 'person'; readonly account: Account; readonly via: App | undefined }
  /** Somebody who knows the client secret of the App. */
  | { readonly kind: 'client'; readonly app: App }
  | { readonly kind: 'app'; readonly app: App }
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
  readonly #world: World;
  readonly #people = new Map<string, Account>();
  readonly #tokens = new Map<string, InstallationToken>();
  readonly userTokens: UserTokens;

  constructor(world: World, userTokens: UserTokens) {
    this.#world = world;
    this.userTokens = userTokens;
    for (const person of peopleOf(world)) this.addPerson(person);
  }

  /** Hands out the personal token of somebody. A login that somebody else had before has a token that says the id too. */
  addPerson(account: Account): string {
    const usual = personalToken(account.login);
    const token = this.#people.has(usual) ? `${usual}-${String(account.id)}` : usual;
    this.#people.set(token, account);
    return token;
  }

  /** Who sent this `Authorization` header. Throws a 401 refusal for credentials that are wrong or have expired. */
  caller(authorization: string | undefined): Caller {
    if (authorization === undefined) return { kind: 'anonymous' };
    const [scheme, token, more] = authorization.split(' ');
    if (/^basic$/i.test(scheme ?? '')) return { kind: 'client', app: this.#appOf(token ?? '') };
    if (scheme === undefined || token === undefined || more !== undefined || !/^(bearer|token)$/i.test(scheme)) throw new Refusal(401, 'Bad credentials');
    const ofUser = this.userTokens.find(token);
    const account = this.#people.get(token) ?? ofUser?.account;
    if (account !== undefined) {
      if (!this.#world.accounts.includes(account)) throw new Refusal(401, 'Bad credentials');
      if (account.isSuspended) throw new Refusal(403, 'Sorry. Your account was suspended');
      return { kind: 'person', account, via: ofUser?.app };
    }
    if (token.split('.').length === 3) {
      // GitHub takes a JWT with `Bearer` only.
      if (!/^bearer$/i.test(scheme)) throw new Refusal(401, 'A JSON web token could not be decoded');
      return { kind: 'app', app: this.#checkJwt(token) };
    }
    const issued = this.#tokens.get(token);
    if (issued === undefined || issued.expiresAt <= this.#world.now()) throw new Refusal(401, 'Bad credentials');
    if (!this.#world.installations.includes(issued.installation)) throw new Refusal(401, 'Bad credentials');
    if (issued.installation.suspended !== undefined) throw suspended();
    return { kind: 'installation', token: issued };
  }

  /** A new installation token. It ends an hour from now. */
  issue(o: Omit<InstallationToken, 'expiresAt'>): { token: string; expiresAt: Date } {
    const token = newToken('ghs');
    const expiresAt = new Date(this.#world.now().getTime() + tokenLifeMs);
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
    const app = this.#world.apps.find((it) => it.clientId === id);
    if (app === undefined || secret !== app.clientSecret) throw new Refusal(401, 'Bad credentials');
    return app;
  }

  /** GitHub's checks of an App's JWT, with GitHub's words: `@octokit/auth-app` mends a wrong clock by reading them. */
  #checkJwt(jwt: string): App {
    const [header, payload, signature] = jwt.split('.');
    let claims: Record<string, unknown>;
    let app: App | undefined;
    try {
      if (decoded(header)['alg'] !== 'RS256') throw new TypeError('not RS256');
      claims = decoded(payload);
      const { iss } = claims;
      app = this.#world.apps.find((it) => String(iss) === String(it.id) || iss === it.clientId);
      // Nobody's key is known for an App that is not here: what it says counts below.
      if (app !== undefined && !verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), app.publicKey, Buffer.from(signature ?? '', 'base64url'))) throw new TypeError('wrong signature');
    } catch {
      throw new Refusal(401, 'A JSON web token could not be decoded');
    }
    const seconds = Math.floor(this.#world.now().getTime() / 1000);
    const { iss, iat, exp } = claims;
    if (typeof iat !== 'number' || !Number.isInteger(iat) || iat > seconds)
      throw new Refusal(401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued");
    if (typeof exp !== 'number' || !Number.isInteger(exp) || exp <= seconds)
      throw new Refusal(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires");
    if (exp > seconds + longestJwtSeconds) throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
    if (iss === undefined) throw new Refusal(401, "Missing 'issuer' claim ('iss') in assertion");
    if (app === undefined) throw new Refusal(404, 'Integration not found');
    return app;
  }
}
