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

/** Whether a notice follows from what anybody can do who pays for it: with a wallet of their own a funder awards whomever they like. */
const needsNobodysWord = ({ kind, subject }: Which): boolean => kind === 'wallet' || subject.startsWith('deposit ');

/** How many such notices there are in 24 hours at most. */
const mostADay = { onIssue: 16, inRepository: 64 };
const ofADay = `
  select count(*) filter (where issue_id = $2)::int as "onIssue", count(*)::int as "inRepository" from notice
  where repository_id = $1 and tried_at > $3::timestamptz - interval '24 hours' and (kind = 'wallet' or subject like 'deposit %')`;

/** Whether there were enough mails to people for a day, of those that anybody can bring about. What somebody decided by a comment is always told. */
export async function isEnoughForToday(db: Db, { repositoryId, issueId }: IssueKey, which: Which, now: Date): Promise<boolean> {
  if (!needsNobodysWord(which)) return false;
  const { rows: [row] } = await db.query<typeof mostADay>(ofADay, [repositoryId, issueId, now]);
  return row !== undefined && (row.onIssue >= mostADay.onIssue || row.inRepository >= mostADay.inRepository);
}
