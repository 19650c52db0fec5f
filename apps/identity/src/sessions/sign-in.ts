import { DoubloonError } from '@doubloon/errors';
import { failpoint } from '@doubloon/failpoints';
import { inTransaction } from '@doubloon/postgres';
import type { IdentityContext } from '../context.ts';
import { signInRefused } from '../oauth.ts';
import { seePerson, type GitHubUser } from '../person.ts';
import { allow } from './allowance.ts';
import { endSession, hashOf, isSecret, longestMs, newSecret, signInMs } from './session.ts';

type SigningIn = Pick<IdentityContext, 'pool' | 'oauth' | 'webUrl' | 'now' | 'random' | 'log'>;

const begin = `
  insert into session (token_hash, began_at, seen_at, expires_at, state_hash, code_verifier, return_to) values ($1, $2, $2, $3, $4, $5, $6)`;
// Only the browser that began it and that GitHub sent back takes it away: what anybody else makes up changes nothing.
const take = `
  with taken as (select token_hash, code_verifier, return_to from session where token_hash = $1 and state_hash = $2 and expires_at > $3 for update)
  update session s set state_hash = null, code_verifier = null, return_to = null from taken where s.token_hash = taken.token_hash
  returning taken.code_verifier, taken.return_to`;
const isThere = 'select state_hash is not null as waits from session where token_hash = $1 and expires_at > $2';
const insert = 'insert into session (token_hash, github_id, began_at, seen_at, expires_at) values ($1, $2, $3, $3, $4)';

/** Begins a session that is nobody's yet, with a sign-in that ends in ten minutes. REQUEST_INVALID, RATE_LIMITED. */
export async function beginSession(context: SigningIn, { returnTo, address }: { returnTo: string; address: string }) {
  const { pool, oauth, webUrl, now, random } = context;
  const path = pathOf(returnTo, webUrl);
  await allow(context, 'sign-in', { address });
  const [session, state, verifier] = [newSecret(random), newSecret(random), newSecret(random)];
  const at = now();
  const expiresAt = new Date(at.getTime() + signInMs);
  await pool.query(begin, [hashOf(session), at, expiresAt, hashOf(state), verifier, path]);
  return { session, authorizeUrl: oauth.authorizeUrl({ state, challenge: hashOf(verifier).toString('base64url') }), expiresAt: expiresAt.toISOString() };
}

/**
 * Ends the sign-in that a session began. It is taken away before GitHub is asked, so that no answer is used twice, and the
 * session gets a new token: who knew the old one before is not signed in. SESSION_ABSENT, SIGN_IN_REFUSED, GITHUB_UNAVAILABLE, RATE_LIMITED.
 */
export async function completeSignIn(context: SigningIn, request: { session: string; code: string; state: string; error: string; address: string }) {
  const { pool, oauth, now, random, log } = context;
  await allow(context, 'sign-in', { address: request.address });
  const { verifier, returnTo } = await takeSignIn(context, request);
  failpoint('sign-in-taken');
  if (request.error !== '') throw signInRefused(request.error === 'access_denied' ? 'denied' : 'settings', new Error(request.error.slice(0, 100)));
  if (request.code === '' || request.code.length > 200) throw signInRefused('code');

  const user: GitHubUser = await oauth.userOf({ code: request.code, verifier });
  failpoint('person-known');
  await allow(context, 'sign-in', { githubId: user.githubId });
  const session = newSecret(random);
  const at = now();
  const expiresAt = new Date(at.getTime() + longestMs);
  await inTransaction(pool, async (db) => {
    await seePerson(db, user, at);
    await endSession(db, request.session);
    await db.query(insert, [hashOf(session), user.githubId, at, expiresAt]);
  });
  log.info({ githubId: user.githubId }, 'signed in');
  return { session, person: user, returnTo, expiresAt: expiresAt.toISOString() };
}

async function takeSignIn({ pool, now }: SigningIn, { session, state }: { session: string; state: string }): Promise<{ verifier: string; returnTo: string }> {
  if (!isSecret(session)) throw new DoubloonError('SESSION_ABSENT', {});
  const { rows: [taken] } = isSecret(state) ? await pool.query<{ code_verifier: string; return_to: string }>(take, [hashOf(session), hashOf(state), now()]) : { rows: [] };
  if (taken !== undefined) return { verifier: taken.code_verifier, returnTo: taken.return_to };
  const { rows: [there] } = await pool.query<{ waits: boolean }>(isThere, [hashOf(session), now()]);
  if (there === undefined) throw new DoubloonError('SESSION_ABSENT', {});
  throw signInRefused(there.waits ? 'state' : 'over');
}

/** A path of our own pages, as browsers read it. REQUEST_INVALID for whatever leads elsewhere. */
export function pathOf(returnTo: string, webUrl: string): string {
  const url = /^\/(?![/\\])/.test(returnTo) && returnTo.length <= 500 ? URL.parse(returnTo, webUrl) : null;
  if (url?.origin !== new URL(webUrl).origin || url.pathname.startsWith('//')) throw new DoubloonError('REQUEST_INVALID', { problem: 'what to return to is no path of ours' });
  return `${url.pathname}${url.search}${url.hash}`;
}
