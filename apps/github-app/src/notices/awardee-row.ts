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

/** The treasury hears of a link by itself, perhaps later than we do. */
const newsMs = 30_000;

/** Those on an issue of whose wallets something was heard a moment ago. */
export async function newsOf(db: Db, { repositoryId, issueId }: IssueKey, now: Date): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>('select github_id as id from awardee where repository_id = $1 and issue_id = $2 and news_at > $3', [repositoryId, issueId, new Date(now.getTime() - newsMs)]);
  return new Set(rows.map(({ id }) => id));
}

const waiting = 'update awardee set news_at = $2 where github_id = $1 returning repository_id as "repositoryId", issue_id as "issueId"';

/** Something became of somebody's wallet: has every issue looked at on which a share of theirs is not settled. */
export async function wakeAwardee(db: Db, githubId: string, now: Date): Promise<void> {
  const { rows } = await db.query<IssueKey>(waiting, [githubId, now]);
  for (const key of rows) await wakeKnown(db, key, now);
}
