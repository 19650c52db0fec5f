import { createHash } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { DoubloonError } from '@doubloon/errors';
import type { IdentityContext } from '../context.ts';
import type { GitHubUser } from '../person.ts';

/** Milliseconds that a session lives at most, that it lives when nobody uses it, and that a sign-in may take. */
export const longestMs = 2 * 3_600_000;
export const idleMs = 30 * 60_000;
export const signInMs = 10 * 60_000;
/** A use is not written down again before so many milliseconds. */
const touchMs = 60_000;

const find = `
  select s.github_id, p.login, s.seen_at, s.expires_at from session s join person p using (github_id)
  where s.token_hash = $1 and s.expires_at > $2 and s.seen_at > $3`;
const touch = 'update session set seen_at = $2 where token_hash = $1';
const end = 'delete from session where token_hash = $1';
const forget = 'delete from session where expires_at <= $1 or seen_at <= $2';

/** 256 random bits, base64url. */
export const newSecret = (random: IdentityContext['random']): string => random(32).toString('base64url');

export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** What we handed out looks like nothing else: the rest need not be looked up. */
export const isSecret = (text: string): boolean => /^[\w-]{43}$/.test(text);

/** Whose session it is, and until when. SESSION_ABSENT for nobody's, an ended one, and one that is too old. */
export async function sessionOf({ pool, now }: { pool: Pool; now: () => Date }, token: string): Promise<GitHubUser & { expiresAt: Date }> {
  const at = now();
  const { rows: [row] } = isSecret(token) ? await pool.query<{ github_id: string; login: string; seen_at: Date; expires_at: Date }>(find, [hashOf(token), at, new Date(at.getTime() - idleMs)]) : { rows: [] };
  if (row === undefined) throw new DoubloonError('SESSION_ABSENT', {});
  if (at.getTime() - row.seen_at.getTime() > touchMs) await pool.query(touch, [hashOf(token), at]);
  return { githubId: row.github_id, login: row.login, expiresAt: row.expires_at };
}

/** Ends a session; one that is not there is ended already. */
export async function endSession(db: Pool | ClientBase, token: string): Promise<void> {
  if (isSecret(token)) await db.query(end, [hashOf(token)]);
}

/** Those that are over, whoever had them. */
export const forgetSessions = async (pool: Pool, now: Date): Promise<void> => {
  await pool.query(forget, [now, new Date(now.getTime() - idleMs)]);
};
