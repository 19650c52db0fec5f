import type { ClientBase } from 'pg';
import { z } from 'zod';
import { fullName, id } from '../webhooks/forms.ts';
import { findIssue, wakeIssue, wakeKnown, type IssueKey } from '../issues/issue-row.ts';
import { readFacts } from './facts.ts';
import { keepFacts } from './facts-row.ts';

const transferForm = z.object({
  issue: z.object({ id }), repository: z.object({ id }),
  changes: z.object({ new_issue: z.looseObject({ id }), new_repository: z.object({ id, full_name: fullName }) }),
});

const keepRepository = `
  insert into repository (id, full_name, seen_at) values ($1, $2, $3) on conflict (id) do update set full_name = excluded.full_name`;
const keepIssue = `
  insert into issue (repository_id, id, number, title, url, is_pull_request, help)
  select $1, $2, $3, $4, $5, false, help from issue where repository_id = $6 and id = $7
  on conflict (repository_id, id) do nothing`;
const keepMoved = `
  insert into issue_move (repository_id, issue_id, to_repository_id, to_issue_id, moved_at) values ($1, $2, $3, $4, $5) on conflict (repository_id, issue_id) do nothing`;

/** What belongs to an issue and goes with it. What a table has of the new issue already stays. */
const takenAlong = [
  ...['source', 'problem', 'intent'].map((table) => `update ${table} set repository_id = $3, issue_id = $4 where repository_id = $1 and issue_id = $2`),
  'update notice set repository_id = $3, issue_id = $4 where repository_id = $1 and issue_id = $2 and not exists (select from notice as other where other.repository_id = $3 and other.issue_id = $4 and other.kind = notice.kind and other.subject = notice.subject)',
  'update awardee set repository_id = $3, issue_id = $4 where repository_id = $1 and issue_id = $2 and not exists (select from awardee as other where other.repository_id = $3 and other.issue_id = $4 and other.github_id = awardee.github_id)',
];
const forgotten = ['delete from candidate where repository_id = $1 and issue_id = $2', 'delete from automatic_step where repository_id = $1 and issue_id = $2 and done_at is null'];

/**
 * An issue was transferred: it is another one there, with other ids, and everything that we know of it goes with it. What is
 * written there is a copy of what was written here, and commands nothing. An issue that we don't know stays unknown.
 */
export async function keepTransfer(db: ClientBase, payload: unknown, now: Date): Promise<void> {
  const { data } = transferForm.safeParse(payload);
  const facts = readFacts(data?.changes.new_issue);
  if (data === undefined || facts === undefined) return;
  const { new_issue: issue, new_repository: repository } = data.changes;
  const from: IssueKey = { repositoryId: data.repository.id, issueId: data.issue.id };
  const to: IssueKey = { repositoryId: repository.id, issueId: issue.id };
  const known = await findIssue(db, from);
  if (known === undefined || known.movedTo !== undefined || (from.repositoryId === to.repositoryId && from.issueId === to.issueId)) return;
  await db.query(keepRepository, [to.repositoryId, repository.full_name, facts.updatedAt]);
  await db.query(keepIssue, [to.repositoryId, to.issueId, facts.number, facts.title, facts.url, from.repositoryId, from.issueId]);
  await db.query(keepMoved, [from.repositoryId, from.issueId, to.repositoryId, to.issueId, facts.updatedAt]);
  for (const statement of takenAlong) await db.query(statement, [from.repositoryId, from.issueId, to.repositoryId, to.issueId]);
  for (const statement of forgotten) await db.query(statement, [from.repositoryId, from.issueId]);
  await keepFacts(db, to, facts, now);
  await wakeIssue(db, to, now);
  await wakeKnown(db, from, now);
}

const arrivedForm = z.object({ action: z.literal('opened'), changes: z.object({ old_issue: z.looseObject({}) }) });

/** Whether a delivery tells that an issue was transferred here: nobody wrote its text just now. */
export const isArrival = (event: string, payload: unknown): boolean => event === 'issues' && arrivedForm.safeParse(payload).success;

const writtenForm = z.object({ created_at: z.iso.datetime({ offset: true }) });

/** Whether the text of a delivery was written before its issue was transferred here: then it is a copy, of which we know the original. */
export function isCopy(event: string, payload: Readonly<Record<string, unknown>>, movedHereAt: Date | undefined): boolean {
  const { data } = writtenForm.safeParse(event === 'issues' ? payload['issue'] : payload['comment']);
  return movedHereAt !== undefined && data !== undefined && new Date(data.created_at) <= movedHereAt;
}
