import { sign, type KeyLike } from 'node:crypto';

/** GitHub takes JWTs of ten minutes at most, by its clock (docs, "Generating a JSON Web Token for a GitHub App"): one that is a minute behind or five ahead of ours still takes these. */
const seconds = { before: 60, after: 300 };

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** How the App proves itself at a time of GitHub's clock, by its RSA key or the PEM of it. Throws when the key is none. */
export function appJwt({ appId, key, now }: { appId: number | string; key: KeyLike; now: Date }): string {
  const at = Math.floor(now.getTime() / 1_000);
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iss: String(appId), iat: at - seconds.before, exp: at + seconds.after })}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
}
