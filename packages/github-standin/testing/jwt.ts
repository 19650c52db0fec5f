import { createHmac, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import type { GitHubStandin } from '../src/index.ts';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT with any claims, right or wrong; a string as the key signs with HMAC. */
export function jwt(key: KeyObject | string, claims: object, alg = 'RS256'): string {
  const text = `${part({ alg, typ: 'JWT' })}.${part(claims)}`;
  const signature = typeof key === 'string' ? createHmac('sha256', key).update(text).digest() : sign('RSA-SHA256', Buffer.from(text), key);
  return `${text}.${signature.toString('base64url')}`;
}

/** What the App sends as `Authorization` at that time. */
export function appAuthorization(standin: GitHubStandin, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  return `Bearer ${jwt(createPrivateKey(standin.app.privateKey), { iss: standin.app.id, iat: seconds - 30, exp: seconds + 300 })}`;
}
