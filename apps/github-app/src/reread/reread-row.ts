import type { ClientBase, Pool } from 'pg';
import { findIssue, type IssueKey } from '../issues/issue-row.ts';
import type { Known, KnownSource } from './reread-missed.ts';

type Db = Pick<Pool | ClientBase, 'query'>;

const due = `
  select repository_id as "repositoryId", id as "issueId", reread_tags as tags from issue
  where deleted_at is null and reread_at <= $1 and not exists (select from issue_move where issue_move.repository_id = issue.repository_id and issue_move.issue_id = issue.id) order by reread_at limit $2`;

export interface DueIssue extends IssueKey {
  /** What the last reading was answered with. */
  readonly tags: readonly string[] | null;
}

/** The issues whose time it is to be read again, the longest waiting first. */
export const dueIssues = async (db: Db, now: Date, limit: number): Promise<DueIssue[]> => (await db.query<DueIssue>(due, [now, limit])).rows;

/** An issue is to be read again at that time. `tags` say what its reading showed; left out, what was known of that stays. */
export async function keepReread(db: Db, { repositoryId, issueId }: IssueKey, next: Date, tags?: readonly string[] | null): Promise<void> {
  if (tags === undefined) await db.query('update issue set reread_at = $3 where repository_id = $1 and id = $2', [repositoryId, issueId, next]);
  else await db.query('update issue set reread_at = $3, reread_tags = $4 where repository_id = $1 and id = $2', [repositoryId, issueId, next, tags]);
}

const hold = `
  update issue set reread_at = $2::timestamptz + random() * interval '1 minute' from repository
  where repository.id = repository_id and installation_id = $1 and deleted_at is null and reread_at < $2`;

/** No issue of an installation is read before then. */
export const holdRereads = (db: Db, installationId: string, until: Date) => db.query(hold, [installationId, until]);

const sources = `
  select kind, id, url, updated_at as "updatedAt", deleted_at is not null as "isDeleted" from source where repository_id = $1 and issue_id = $2`;

const living = `
  select comment_id as id, hash from living_comment
  where repository_id = $1 and issue_id = $2 and comment_id is not null and hash is not null and due_at is null and written_at < $3`;

/** What is known of an issue; its living comment only when it was written before `settledBefore` and nothing about it is due. */
export async function readKnown(db: Db, key: IssueKey, settledBefore: Date): Promise<Known | undefined> {
  const issue = await findIssue(db, key);
  if (issue === undefined) return undefined;
  const ids = [key.repositoryId, key.issueId];
  return {
    issue,
    sources: (await db.query<KnownSource>(sources, ids)).rows,
    living: (await db.query<{ id: string; hash: string }>(living, [...ids, settledBefore])).rows[0],
  };
}

const overdue = `
  select coalesce(extract(epoch from clock_timestamp() - min(reread_at)), 0)::float8 as seconds from issue where deleted_at is null and reread_at < now()
    and not exists (select from issue_move where issue_move.repository_id = issue.repository_id and issue_move.issue_id = issue.id)`;

/** Seconds that the issue which waits longest to be read again is late. */
export const measureOverdue = async (db: Db): Promise<number> => (await db.query<{ seconds: number }>(overdue)).rows[0]?.seconds ?? 0;
