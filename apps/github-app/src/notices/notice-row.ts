import type { ClientBase } from 'pg';
import type { IssueKey } from '../issues/issue-row.ts';
import type { Notice } from './notices-due.ts';

type Db = Pick<ClientBase, 'query'>;
type Which = Pick<Notice, 'kind' | 'subject'>;

const intendTo = `
  insert into notice (repository_id, issue_id, kind, subject, intended_at) values ($1, $2, $3, $4, $5)
  on conflict (repository_id, issue_id, kind, subject) do update set intended_at = notice.intended_at
  returning tried_at as "triedAt", comment_id as "commentId"`;

/** Keeps that a notice is to be written. Answers when GitHub was asked to last, and the comment that it became: then it is over, for ever. */
export async function intendNotice(db: Db, { repositoryId, issueId }: IssueKey, { kind, subject }: Which, now: Date): Promise<{ triedAt: Date | null; commentId: string | null }> {
  const { rows: [row] } = await db.query<{ triedAt: Date | null; commentId: string | null }>(intendTo, [repositoryId, issueId, kind, subject, now]);
  return row ?? { triedAt: null, commentId: null };
}

const at = 'repository_id = $1 and issue_id = $2 and kind = $3 and subject = $4';

export const markTried = (db: Db, { repositoryId, issueId }: IssueKey, { kind, subject }: Which, now: Date) => db.query(`update notice set tried_at = $5 where ${at}`, [repositoryId, issueId, kind, subject, now]);

export const keepNotice = (db: Db, { repositoryId, issueId }: IssueKey, { kind, subject }: Which, commentId: string) => db.query(`update notice set comment_id = $5 where ${at}`, [repositoryId, issueId, kind, subject, commentId]);
