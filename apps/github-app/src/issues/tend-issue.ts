import { failpoint } from '@doubloon/failpoints';
import { undone } from './intent.ts';
import { findIssue, type IssueKey } from './issue-row.ts';
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
  // Read again: what a command came to is shown as well.
  const again = await tell(tending, issue, await undone(pool, key), pursued.again);
  if (pursued.failure !== undefined) throw pursued.failure;
  return again;
}
