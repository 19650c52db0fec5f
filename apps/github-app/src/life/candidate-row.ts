import type { ClientBase } from 'pg';
import type { IssueKey } from '../issues/issue-row.ts';

/** A person by the id that never changes; the login is display. */
export interface Contributor {
  readonly id: string;
  readonly login: string;
}

/** A pull request that closes an issue by GitHub's own references: under way, or merged into the default branch. */
export interface Candidate {
  /** The id of the API of pull requests, which is not the one it has as an issue. */
  readonly pullRequestId: string;
  readonly repositoryId: string;
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly url: string;
  /** Nobody when the account is gone, or is none of a person. */
  readonly author: Contributor | undefined;
  /** People who wrote its commits, beside the author. */
  readonly coAuthors: readonly Contributor[];
  readonly state: 'open' | 'merged';
  readonly mergedAt: Date | undefined;
  readonly mergedBy: Contributor | undefined;
}

interface Stored {
  pull_request_id: string; pull_repository_id: string; pull_repository: string; number: number; title: string; url: string; author_id: string | null; author_login: string | null;
  co_authors: Contributor[]; state: 'open' | 'merged'; merged_at: Date | null; merged_by_id: string | null; merged_by_login: string | null;
}

const find = `
  select pull_request_id, pull_repository_id, pull_repository, number, title, url, author_id, author_login, co_authors, state, merged_at, merged_by_id, merged_by_login
  from candidate where repository_id = $1 and issue_id = $2 order by merged_at nulls last, pull_repository, number`;

/** The candidates of an issue as they were read last, the merged ones first. */
export async function candidatesOf(db: Pick<ClientBase, 'query'>, { repositoryId, issueId }: IssueKey): Promise<readonly Candidate[]> {
  const { rows } = await db.query<Stored>(find, [repositoryId, issueId]);
  return rows.map((row) => ({
    pullRequestId: row.pull_request_id, repositoryId: row.pull_repository_id, repository: row.pull_repository, number: row.number, title: row.title, url: row.url,
    author: contributor(row.author_id, row.author_login), coAuthors: row.co_authors, state: row.state, mergedAt: row.merged_at ?? undefined, mergedBy: contributor(row.merged_by_id, row.merged_by_login),
  }));
}

const contributor = (id: string | null, login: string | null): Contributor | undefined => (id === null ? undefined : { id, login: login ?? 'ghost' });

const drop = 'delete from candidate where repository_id = $1 and issue_id = $2 and not pull_request_id = any ($3)';
const keep = `
  insert into candidate (repository_id, issue_id, pull_request_id, pull_repository_id, pull_repository, number, title, url, author_id, author_login, co_authors, state, merged_at, merged_by_id, merged_by_login)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
  on conflict (repository_id, issue_id, pull_request_id) do update set
    pull_repository_id = excluded.pull_repository_id, pull_repository = excluded.pull_repository, number = excluded.number, title = excluded.title, url = excluded.url, author_id = excluded.author_id,
    author_login = excluded.author_login, co_authors = excluded.co_authors, state = excluded.state, merged_at = excluded.merged_at, merged_by_id = excluded.merged_by_id, merged_by_login = excluded.merged_by_login`;

/** The candidates of an issue are these and no others. To be called in a transaction. */
export async function keepCandidates(db: Pick<ClientBase, 'query'>, { repositoryId, issueId }: IssueKey, candidates: readonly Candidate[]): Promise<void> {
  await db.query(drop, [repositoryId, issueId, candidates.map(({ pullRequestId }) => pullRequestId)]);
  for (const { pullRequestId, repositoryId: of, repository, number, title, url, author, coAuthors, state, mergedAt, mergedBy } of candidates) {
    await db.query(keep, [
      repositoryId, issueId, pullRequestId, of, repository, number, title, url, author?.id ?? null, author?.login ?? null, JSON.stringify(coAuthors), state, mergedAt ?? null, mergedBy?.id ?? null, mergedBy?.login ?? null,
    ]);
  }
}

/** The issues that a pull request was a candidate of when they were looked at last. */
export async function issuesOfPull(db: Pick<ClientBase, 'query'>, repositoryId: string, number: number): Promise<IssueKey[]> {
  return (await db.query<IssueKey>('select repository_id as "repositoryId", issue_id as "issueId" from candidate where pull_repository_id = $1 and number = $2', [repositoryId, number])).rows;
}
