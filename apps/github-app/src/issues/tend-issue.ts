import { failpoint } from '@doubloon/failpoints';
import { undone } from './intent.ts';
import { findIssue, type IssueKey } from './issue-row.ts';
import { pursueIntents } from './pursue-intents.ts';
import { tell } from './tell.ts';
import type { Tending } from './tending.ts';

/** How long to wait for the chain to decide about a signed transaction, when no event says so before. */
const chainMs = 15_000;

/**
 * Does what is written down for an issue and makes its living comment true. Resolves to when it has to be looked at again
 * for a reason of its own. Rejects when something could not be done now; doing it all again is harmless.
 */
export async function tendIssue(tending: Tending, key: IssueKey): Promise<Date | undefined> {
  const { pool } = tending;
  const issue = await findIssue(pool, key);
  if (issue === undefined) return undefined;
  const intents = await undone(pool, key);
  const { isWaiting, failure } = await pursueIntents(tending, issue, intents);
  failpoint('intents-done');
  const again = await tell(tending, issue, intents, isWaiting ? new Date(tending.now().getTime() + chainMs) : undefined);
  if (failure !== undefined) throw failure;
  return again;
}
