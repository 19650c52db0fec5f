import type { ClientBase } from 'pg';
import type { SourceKind } from '../webhooks/delivery.ts';
import type { IssueKey } from '../issues/issue-row.ts';

type Db = Pick<ClientBase, 'query'>;

export const decisionCommands = ['award', 'veto', 'cancel'] as const;
/** A command that decides about money in escrow. */
export type DecisionCommand = (typeof decisionCommands)[number];

/** A text on GitHub as it was read last. */
export interface SourceRow {
  readonly url: string;
  readonly authorId: string;
  readonly authorLogin: string;
  readonly updatedAt: Date;
  readonly revision: number;
  readonly isDeleted: boolean;
  /** It says that its author works on the issue. */
  readonly isAttempt: boolean;
}

export async function findSource(db: Db, kind: SourceKind, id: string): Promise<SourceRow | undefined> {
  const { rows } = await db.query<SourceRow>(
    `select url, author_id as "authorId", author_login as "authorLogin", updated_at as "updatedAt", revision, deleted_at is not null as "isDeleted", attempted_at is not null as "isAttempt"
     from source where kind = $1 and id = $2`, [kind, id]);
  return rows[0];
}

const keep = `
  insert into source (kind, id, repository_id, issue_id, url, author_id, author_login, updated_at, revision, deleted_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)
  on conflict (kind, id) do update set
    url = excluded.url, author_login = excluded.author_login, updated_at = excluded.updated_at, revision = source.revision + 1,
    deleted_at = coalesce(source.deleted_at, excluded.deleted_at)`;

export async function keepSource(db: Db, { repositoryId, issueId }: IssueKey, source: { kind: SourceKind; id: string; url: string; author: { id: string; login: string }; updatedAt: Date; deletedAt: Date | undefined }): Promise<void> {
  await db.query(keep, [source.kind, source.id, repositoryId, issueId, source.url, source.author.id, source.author.login, source.updatedAt, source.deletedAt ?? null]);
}

/** The sources of an issue that still exist. */
export async function livingSources(db: Db, { repositoryId, issueId }: IssueKey): Promise<{ kind: SourceKind; id: string }[]> {
  return (await db.query<{ kind: SourceKind; id: string }>('select kind, id from source where repository_id = $1 and issue_id = $2 and deleted_at is null', [repositoryId, issueId])).rows;
}

export const markSourceDeleted = (db: Db, kind: SourceKind, id: string, now: Date) => db.query('update source set deleted_at = $3 where kind = $1 and id = $2', [kind, id, now]);

/** Whether the slash commands of a source are still to be done; from now on they are. */
export async function markObeyed(db: Db, kind: SourceKind, id: string, now: Date): Promise<boolean> {
  return (await db.query('update source set obeyed_at = $3 where kind = $1 and id = $2 and obeyed_at is null', [kind, id, now])).rowCount === 1;
}

/** Problems that came up after the text was read are counted from here. */
export const firstLater = 1_000;

/** The offers of a source have changed: what came up about those before is over. */
export const forgetLater = (db: Db, kind: SourceKind, id: string) => db.query('delete from problem where source_kind = $1 and source_id = $2 and ordinal >= $3 and command is null', [kind, id, firstLater]);

/** What the text of a source itself leaves to tell, in place of what there was; answers whether that is something else. */
export async function keepProblems(db: Db, key: IssueKey, kind: SourceKind, id: string, sentences: readonly string[]): Promise<boolean> {
  const { rows } = await db.query<{ sentence: string }>('select sentence from problem where source_kind = $1 and source_id = $2 and ordinal < $3 and command is null order by ordinal', [kind, id, firstLater]);
  if (rows.length === sentences.length && rows.every(({ sentence }, ordinal) => sentence === sentences[ordinal])) return false;
  await db.query('delete from problem where source_kind = $1 and source_id = $2 and ordinal < $3 and command is null', [kind, id, firstLater]);
  for (const [ordinal, sentence] of sentences.entries()) await addProblem(db, key, kind, id, ordinal, sentence);
  return true;
}

export const addProblem = (db: Db, { repositoryId, issueId }: IssueKey, kind: SourceKind, id: string, ordinal: number, sentence: string) =>
  db.query('insert into problem (repository_id, issue_id, source_kind, source_id, ordinal, sentence) values ($1, $2, $3, $4, $5, $6) on conflict (source_kind, source_id, ordinal) do update set sentence = excluded.sentence', [repositoryId, issueId, kind, id, ordinal, sentence]);

/** The same about a command: it stays through edits of the text, which command nothing. */
export const addCommandProblem = (db: Db, { repositoryId, issueId }: IssueKey, command: DecisionCommand, { sourceKind, sourceId }: { sourceKind: SourceKind; sourceId: string }, ordinal: number, sentence: string) =>
  db.query('insert into problem (repository_id, issue_id, source_kind, source_id, ordinal, sentence, command) values ($1, $2, $3, $4, $5, $6, $7) on conflict (source_kind, source_id, ordinal) do update set sentence = excluded.sentence', [repositoryId, issueId, sourceKind, sourceId, ordinal, sentence, command]);

/** The command was done: what was wrong with others like it is over. */
export const forgetTries = (db: Db, { repositoryId, issueId }: IssueKey, command: DecisionCommand) => db.query('delete from problem where repository_id = $1 and issue_id = $2 and command = $3', [repositoryId, issueId, command]);

/** The text is gone, and nothing is asked for in it any more; answers whether there was anything to forget. */
export async function forgetCommands(db: Db, kind: SourceKind, id: string): Promise<boolean> {
  return ((await db.query('delete from problem where source_kind = $1 and source_id = $2 and command is not null', [kind, id])).rowCount ?? 0) > 0;
}

/** All that there is to tell on an issue, the newest source last. */
export async function problemsOf(db: Db, { repositoryId, issueId }: IssueKey): Promise<string[]> {
  const { rows } = await db.query<{ sentence: string }>(
    `select sentence from problem join source on source.kind = source_kind and source.id = source_id
     where problem.repository_id = $1 and problem.issue_id = $2 order by source.updated_at, source.id, ordinal`, [repositoryId, issueId]);
  return rows.map(({ sentence }) => sentence);
}
