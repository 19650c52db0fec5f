import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DoubloonError } from '@doubloon/errors';

/**
 * Who may call a service: the name of each caller, and the sha256 of its token. In the callee's file this is a JSON
 * object, `{ "web": "<64 hexadecimal digits>" }`; the caller's file holds the token itself. A token belongs to one pair
 * of caller and callee, so whoever reads the callee's file can call nobody.
 */
export type Callers = ReadonlyMap<string, Buffer>;

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A token of 256 random bits for the caller's file, and its hash for the callee's. */
export function newServiceToken(random: (bytes: number) => Buffer = randomBytes): { token: string; hash: string } {
  const token = random(32).toString('base64url');
  return { token, hash: sha256(token).toString('hex') };
}

/** Reads the content of a callee's file. Rejects with CONFIG_INVALID, which never quotes it. */
export function parseCallers(json: string): Callers {
  const invalid = (problem: string): never => { throw new DoubloonError('CONFIG_INVALID', { problems: [`the file of service callers ${problem}`] }); };
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return invalid('is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return invalid('is not a JSON object');
  const entries = Object.entries(parsed as Record<string, unknown>);
  if (entries.length === 0) return invalid('names nobody');
  return new Map(entries.map(([caller, hash]) => {
    if (!/^[a-z][a-z0-9-]{0,63}$/.test(caller)) return invalid('has a name that is not lower-case letters, digits and dashes');
    return typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash) ? [caller, Buffer.from(hash, 'hex')] as const : invalid(`has no sha256 in lower-case hexadecimal for ${caller}`);
  }));
}

export function readCallers(file: string): Callers {
  let json: string;
  try {
    json = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new DoubloonError('CONFIG_INVALID', { problems: [`the file of service callers can't be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`] }, { cause });
  }
  return parseCallers(json);
}

/** The caller that an `authorization` header proves. Takes the same time for every caller and for nobody. */
export function callerOf(callers: Callers, authorization: string | null): string | undefined {
  const presented = sha256(/^Bearer ([\x21-\x7e]{1,200})$/.exec(authorization ?? '')?.[1] ?? '');
  let found: string | undefined;
  for (const [caller, hash] of callers) if (timingSafeEqual(hash, presented)) found = caller;
  return found;
}
