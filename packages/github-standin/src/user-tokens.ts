import { randomBytes } from 'node:crypto';
import type { Account, App } from './world.ts';

/** Eight hours, and about six months: GitHub's docs "Refreshing user access tokens". */
export const tokenLifeSeconds = 28_800;
export const refreshLifeSeconds = 15_897_600;

export interface UserToken {
  readonly id: number;
  readonly token: string;
  readonly app: App;
  readonly account: Account;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly refreshToken: string;
  readonly refreshExpiresAt: Date;
}

/** A token in GitHub's form: a prefix that says its kind, and 36 letters and digits. */
export const newToken = (prefix: 'ghs' | 'ghu' | 'ghr', length = 36): string => `${prefix}_${randomBytes(length * 2).toString('base64').replaceAll(/[+/=]/g, '').slice(0, length)}`;

/** The tokens with which an App acts for a person who authorized it. */
export class UserTokens {
  readonly #now: () => Date;
  #tokens: UserToken[] = [];
  #lastId = 1_204_318_000;

  constructor(now: () => Date) {
    this.#now = now;
  }

  issue(app: App, account: Account): UserToken {
    const createdAt = this.#now();
    const after = (seconds: number) => new Date(createdAt.getTime() + seconds * 1000);
    this.#lastId += 17;
    const made: UserToken = {
      id: this.#lastId, token: newToken('ghu'), app, account, createdAt, expiresAt: after(tokenLifeSeconds), refreshToken: newToken('ghr', 76), refreshExpiresAt: after(refreshLifeSeconds),
    };
    this.#tokens.push(made);
    return made;
  }

  /** A token that is known, and neither void nor over. */
  find(token: string): UserToken | undefined {
    return this.#tokens.find((it) => it.token === token && it.expiresAt > this.#now());
  }

  /** Whether the token was one of a person once. */
  isKnown(token: string): boolean {
    return this.#tokens.some((it) => it.token === token);
  }

  /** Another token in place of the one with this refresh token, which works once. */
  refresh(app: App, refreshToken: string): UserToken | undefined {
    const found = this.#tokens.find((it) => it.refreshToken === refreshToken && it.app === app && it.refreshExpiresAt > this.#now());
    if (found === undefined) return undefined;
    this.revoke(found.token);
    return this.issue(app, found.account);
  }

  revoke(token: string): void {
    this.#tokens = this.#tokens.filter((it) => it.token !== token);
  }

  /** A person has nothing to do with an App any more; without an App, with none. */
  revokeAll(account: Account, app?: App): void {
    this.#tokens = this.#tokens.filter((it) => it.account.id !== account.id || (app !== undefined && it.app !== app));
  }
}
