import type { ClientBase } from 'pg';
import type { treasury } from '@doubloon/rpc';
import { wakeKnown, type IssueKey } from '../issues/issue-row.ts';

type Db = Pick<ClientBase, 'query'>;

const keep = `
  with settled as (delete from awardee where repository_id = $1 and issue_id = $2 and not github_id = any ($3::text[]))
  insert into awardee (repository_id, issue_id, github_id) select $1, $2, unnest($3::text[]) on conflict do nothing`;

/** Keeps whose share of an issue is not settled. */
export async function keepAwardees(db: Db, { repositoryId, issueId }: IssueKey, deposits: readonly treasury.Deposit[]): Promise<void> {
  const unpaid = deposits.flatMap(({ award }) => award?.shares ?? []).filter(({ settled }) => settled === '').map(({ githubId }) => githubId);
  await db.query(keep, [repositoryId, issueId, [...new Set(unpaid)]]);
}

const waiting = 'select repository_id as "repositoryId", issue_id as "issueId" from awardee where github_id = $1 order by repository_id, issue_id';

/** Has every issue looked at on which somebody has a share that is not settled. */
export async function wakeAwardee(db: Db, githubId: string, now: Date): Promise<void> {
  const { rows } = await db.query<IssueKey>(waiting, [githubId]);
  for (const key of rows) await wakeKnown(db, key, now);
}
