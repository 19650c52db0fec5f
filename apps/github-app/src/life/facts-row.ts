import type { ClientBase } from 'pg';
import { wakeKnown, type IssueKey } from '../issues/issue-row.ts';
import type { IssueFacts } from './facts.ts';

type Db = Pick<ClientBase, 'query'>;

// Facts of the same second that differ: which of them is true now, only GitHub can say.
const keep = `
  with before as (select state, state_reason, closed_at, is_locked, labels, number, title, url, facts_at from issue where repository_id = $1 and id = $2 for update)
  update issue set state = $3, state_reason = $4, closed_at = $5, is_locked = $6, labels = $7, number = $8, title = $9, url = $10, facts_at = $11
  from before where repository_id = $1 and id = $2 and (before.facts_at is null or before.facts_at <= $11)
  returning (before.state, before.state_reason, before.closed_at, before.is_locked, before.labels, before.number, before.title, before.url)
    is distinct from ($3::text, $4::text, $5::timestamptz, $6::boolean, $7::text[], $8::integer, $9::text, $10::text) as "isChanged", before.facts_at = $11 as "isTie"`;

const readSoon = 'update issue set reread_at = $3, reread_tags = null where repository_id = $1 and id = $2';

/** Keeps what was seen of an issue that we know, unless something newer was, and has it looked at when it is news. Others stay unknown. */
export async function keepFacts(db: Db, key: IssueKey, facts: IssueFacts, now: Date): Promise<void> {
  const { repositoryId, issueId } = key;
  const { state, stateReason, closedAt, isLocked, labels, number, title, url, updatedAt } = facts;
  const { rows: [row] } = await db.query<{ isChanged: boolean; isTie: boolean | null }>(keep, [repositoryId, issueId, state, stateReason ?? null, closedAt ?? null, isLocked, labels, number, title, url, updatedAt]);
  if (row?.isChanged !== true) return;
  if (row.isTie === true) await db.query(readSoon, [repositoryId, issueId, now]);
  await wakeKnown(db, key, now);
}

/** Has all issues of a repository read again soon: something may have been missed, or can't be known from what was told. */
export const rereadSoon = (db: Db, repositoryId: string, now: Date) => db.query('update issue set reread_at = $2, reread_tags = null where repository_id = $1', [repositoryId, now]);

const keepLanguage = 'update repository set language = $2 where id = $1 and language is distinct from $2';

/** Keeps the main language of a repository that we know. */
export const keepRepositoryLanguage = (db: Db, repositoryId: string, language: string | null) => db.query(keepLanguage, [repositoryId, language]);

const rename = 'update repository set full_name = $2 where id = $1 and full_name <> $2';

/** Keeps the name that a repository has now, and tells whether it is news; ids are what counts. */
export async function keepName(db: Db, repositoryId: string, fullName: string): Promise<boolean> {
  return (await db.query(rename, [repositoryId, fullName])).rowCount === 1;
}

const wakeAll = 'update living_comment set wanted = wanted + 1, due_at = least(due_at, $2) where repository_id = $1';

/** Has all issues of a repository looked at. */
export const wakeRepository = (db: Db, repositoryId: string, now: Date) => db.query(wakeAll, [repositoryId, now]);
