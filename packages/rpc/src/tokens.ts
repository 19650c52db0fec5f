import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { DoubloonError } from '@doubloon/errors';
import { parsedBy, type Setting } from '@doubloon/service';

/**
 * Who may call a service: the name of each caller, and the sha256 of its token. In the callee's file this is a JSON
 * object, `{ "web": "<64 hexadecimal digits>" }`, or a list of two while a caller changes from one to the other; the caller's file
 * holds the token itself. A token belongs to one pair
 * of caller and callee, so whoever reads the callee's file can call nobody.
 */
export type Callers = ReadonlyMap<string, readonly Buffer[]>;

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A token of 256 random bits for the caller's file, and its hash for the callee's. */
export function newServiceToken(random: (bytes: number) => Buffer = randomBytes): { token: string; hash: string } {
  const token = random(32).toString('base64url');
  return { token, hash: sha256(token).toString('hex') };
}

/** Reads the content of a callee's file. Rejects with CONFIG_INVALID, which never quotes it. */
export function parseCallers(json: string): Callers {
  const entries = Object.entries(jsonObject(json));
  if (entries.length === 0) return invalid('names no caller');
  return new Map(entries.map(([caller, hash]) => {
    if (!/^[a-z][a-z0-9-]{0,63}$/.test(caller)) return invalid('names a caller in other characters than lower-case letters, digits and dashes');
    const hashes: readonly unknown[] = Array.isArray(hash) ? hash : [hash];
    if (hashes.length < 1 || hashes.length > 2 || !hashes.every((one) => typeof one === 'string' && /^[0-9a-f]{64}$/.test(one))) return invalid(`has no sha256 in lower-case hexadecimal for ${caller}`);
    return [caller, (hashes as readonly string[]).map((one) => Buffer.from(one, 'hex'))];
  }));
}

/** The setting of a callee that holds its callers, for example TREASURY_CALLERS (in practice TREASURY_CALLERS_FILE). */
export const callersSetting = <const N extends string>(name: N) =>
  ({ name, meaning: 'Who may call this service: a JSON object of caller names and the sha256 of their tokens, two in a list while one is replaced.', schema: parsedBy(parseCallers), secret: true }) as const satisfies Setting;

/** The setting of a caller that holds its token for one service, for example WEB_TREASURY_TOKEN. */
export const tokenSetting = <const N extends string>(name: N, service: string) =>
  ({ name, meaning: `The token this app shows to the ${service}.`, schema: parsedBy(parseToken), secret: true }) as const satisfies Setting;

function parseToken(token: string): string {
  return /^[\x21-\x7e]{32,200}$/.test(token) ? token : invalid('is not a token of 32 or more printable characters');
}

function jsonObject(json: string): object {
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // What JSON.parse says quotes the text.
  }
  return invalid('is not a JSON object');
}

function invalid(problem: string): never {
  throw new DoubloonError('CONFIG_INVALID', { problems: [problem] });
}

/** The caller that an `authorization` header proves. Takes the same time for every caller and for nobody. */
export function callerOf(callers: Callers, authorization: string | null): string | undefined {
  const token = /^Bearer ([\x21-\x7e]{32,200})$/.exec(authorization ?? '')?.[1];
  const presented = sha256(token ?? '');
  let found: string | undefined;
  for (const [caller, hashes] of callers) for (const hash of hashes) if (timingSafeEqual(hash, presented)) found = caller;
  return token === undefined ? undefined : found;
}
