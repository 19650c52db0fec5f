import { DoubloonError } from '@doubloon/errors';
import type { IdentityContext } from '../context.ts';
import { readPerson } from '../github/people.ts';
import { seePerson, type GitHubUser } from '../person.ts';

const endAll = 'delete from session where github_id = $1';

/**
 * The user of a session as GitHub has them now, which is asked before anybody vouches for them. Where the account was deleted or
 * suspended all sessions of that user end. SESSION_ABSENT, GITHUB_UNAVAILABLE.
 */
export async function presentUser({ pool, reading, now, log }: Pick<IdentityContext, 'pool' | 'reading' | 'now' | 'log'>, { githubId }: GitHubUser): Promise<GitHubUser> {
  const user = await readPerson(reading(), { githubId });
  if (user === undefined) {
    const { rowCount } = await pool.query(endAll, [githubId]);
    log.warn({ githubId, sessions: rowCount }, 'the sessions of an account that GitHub no longer has were ended');
    throw new DoubloonError('SESSION_ABSENT', {});
  }
  await seePerson(pool, user, now());
  return user;
}
