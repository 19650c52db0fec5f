import { failpoint } from '@doubloon/failpoints';
import { undone } from './intent.ts';
import { tendLife } from '../life/tend-life.ts';
import { findIssue, wakeIssue, type IssueKey } from './issue-row.ts';
import { pursueIntents } from './pursue-intents.ts';
import { tell } from './tell.ts';
import type { Tending } from './tending.ts';

/**
 * Does what is written down for an issue and makes its living comment true. Resolves to when it has to be looked at again
 * for a reason of its own. Rejects when something could not be done now; doing it all again is harmless.
 */
export async function tendIssue(tending: Tending, key: IssueKey): Promise<Date | undefined> {
  const { pool } = tending;
  const issue = await findIssue(pool, key);
  if (issue === undefined) return undefined;
  const pursued = await pursueIntents(tending, issue, await undone(pool, key));
  failpoint('intents-done');
  const failure = await tendLife(tending, issue, await undone(pool, key));
  // Where it was, nothing is said of it any more: GitHub sends on from there, and a second comment would be written.
  if (issue.movedTo !== undefined) {
    await wakeIssue(pool, issue.movedTo, tending.now());
    if (failure !== undefined) throw failure;
    return undefined;
  }
  // Read again: what a command came to is shown as well.
  const again = await tell(tending, issue, await undone(pool, key), pursued.again);
  if (pursued.failure !== undefined) throw pursued.failure;
  if (failure !== undefined) throw failure;
  return again;
}
