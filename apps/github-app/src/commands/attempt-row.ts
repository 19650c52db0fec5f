import type { ClientBase } from 'pg';
import type { SourceKind } from '../webhooks/delivery.ts';

type Db = Pick<ClientBase, 'query'>;

/** Somebody who said that they work on an issue. It promises nothing and reserves nothing. */
export interface Attempt {
  readonly githubId: string;
  /** Display only. */
  readonly login: string;
  /** Where they said it. */
  readonly url: string;
  readonly at: Date;
}

/** The text says that its author works on the issue. */
export const keepAttempt = (db: Db, kind: SourceKind, id: string, at: Date) => db.query('update source set attempted_at = $3 where kind = $1 and id = $2', [kind, id, at]);

const ofIssue = `
  select distinct on (author_id) author_id as "githubId", author_login as login, url, attempted_at as at from source
  where repository_id = $1 and issue_id = $2 and attempted_at is not null and deleted_at is null order by author_id, attempted_at, id`;

/** Who works on an issue, by texts that still stand; each person once, in the order in which they said so. */
export async function attemptsOf(db: Db, { repositoryId, issueId }: { repositoryId: string; issueId: string }): Promise<readonly Attempt[]> {
  const { rows } = await db.query<Attempt>(ofIssue, [repositoryId, issueId]);
  return rows.sort((one, other) => one.at.getTime() - other.at.getTime());
}
