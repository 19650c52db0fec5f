import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { isDoubloonError } from '@doubloon/errors';
import { failpoint } from '@doubloon/failpoints';
import type { TreasuryClient } from '@doubloon/rpc';
import type { KnownIssue } from '../issues/issue-row.ts';

const told = 'select told_hash as hash from issue where repository_id = $1 and id = $2';
const keep = 'update issue set told_hash = $3 where repository_id = $1 and id = $2';

/** Tells the treasury what is known of an issue, unless that is what it was told last. Of one that went elsewhere it hears there. Rejects with what may pass; telling it again is harmless. */
export async function tellTreasury({ pool, client, now }: { pool: Pool; client: Pick<TreasuryClient, 'keepIssue'>; now: () => Date }, issue: KnownIssue): Promise<void> {
  const { repositoryId, issueId, repository, number, title, url, isPullRequest, labels, movedFrom } = issue;
  const shown = {
    repositoryId, issueId, repository, number, title, url, isPullRequest, state: issue.isDeleted ? 'deleted' : issue.state, stateReason: issue.stateReason ?? '', labels: [...labels], language: issue.language ?? '',
  };
  const from = { movedFromRepositoryId: movedFrom?.repositoryId ?? '', movedFromIssueId: movedFrom?.issueId ?? '' };
  const hash = createHash('sha256').update(JSON.stringify([shown, from])).digest('hex').slice(0, 32);
  if (issue.movedTo !== undefined && movedFrom === undefined) return;
  const { rows: [row] } = await pool.query<{ hash: string | null }>(told, [repositoryId, issueId]);
  if (row?.hash === hash) return;
  // What has no time of its own, a deletion or another name, is as new as our hearing of it.
  const seenAt = row?.hash === null && issue.factsAt !== undefined ? issue.factsAt : now();
  try {
    await client.keepIssue({ issue: shown, seenAt: seenAt.toISOString(), ...from });
  } catch (error) {
    // A treasury of an older version hears of it once it is a newer one.
    if (isDoubloonError(error, 'UNIMPLEMENTED')) return;
    // What it can't use now it can't use later: it is told again when something has changed.
    if (!isDoubloonError(error, 'REQUEST_INVALID')) throw error;
  }
  failpoint('issue-told');
  await pool.query(keep, [repositoryId, issueId, hash]);
}
