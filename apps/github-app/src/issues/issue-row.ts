import type { ClientBase } from 'pg';
import type { Sighting } from '../webhooks/delivery.ts';

/** An issue or pull request by the two numeric ids that never change. */
export interface IssueKey {
  readonly repositoryId: string;
  readonly issueId: string;
}

/** What we know of an issue. Names are what was seen last, for display and for paths of the API. */
export interface KnownIssue extends IssueKey {
  readonly repository: string;
  readonly installationId: string | undefined;
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly help: boolean;
  readonly isDeleted: boolean;
  readonly isPullRequest: boolean;
  readonly state: 'open' | 'closed';
  /** completed, not_planned, duplicate or reopened. */
  readonly stateReason: string | undefined;
  readonly closedAt: Date | undefined;
  /** Nobody who has no write access can comment, and neither can we. */
  readonly isLocked: boolean;
  readonly labels: readonly string[];
  /** Main language of its repository. */
  readonly language: string | undefined;
  /** GitHub's updated_at of what was seen of it last. */
  readonly factsAt: Date | undefined;
  /** Where it went, when it was transferred. */
  readonly movedTo: IssueKey | undefined;
  /** Where it was before, when it was transferred here. */
  readonly movedFrom: IssueKey | undefined;
  /** When that was. */
  readonly movedHereAt: Date | undefined;
}

const keepRepository = `
  insert into repository (id, full_name, installation_id, seen_at) values ($1, $2, $3, $4)
  on conflict (id) do update set
    full_name = case when excluded.seen_at >= repository.seen_at then excluded.full_name else repository.full_name end,
    installation_id = coalesce(excluded.installation_id, repository.installation_id),
    seen_at = greatest(excluded.seen_at, repository.seen_at)`;

const keepIssue = `
  insert into issue (repository_id, id, number, title, url, is_pull_request) values ($1, $2, $3, $4, $5, $6)
  on conflict (repository_id, id) do update set number = excluded.number, title = excluded.title, url = excluded.url`;

/** Keeps what a delivery tells of repository and issue, and locks the issue until the transaction ends. */
export async function keepIssueSeen(db: ClientBase, { repository, issue, installationId, updatedAt }: Pick<Sighting, 'repository' | 'issue' | 'installationId' | 'updatedAt'>, issueId: string): Promise<IssueKey> {
  await db.query(keepRepository, [repository.id, repository.fullName, installationId ?? null, updatedAt]);
  await db.query(keepIssue, [repository.id, issueId, issue.number, issue.title, issue.url, issue.isPullRequest]);
  return { repositoryId: repository.id, issueId };
}

/** The issue id of a pull request or issue that was seen before. */
export async function issueIdOf(db: ClientBase, repositoryId: string, number: number): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>('select id from issue where repository_id = $1 and number = $2', [repositoryId, number]);
  return rows[0]?.id;
}

const find = `
  select full_name as repository, installation_id as "installationId", number, title, url, help, deleted_at is not null as "isDeleted", is_pull_request as "isPullRequest",
    state, state_reason as "stateReason", closed_at as "closedAt", is_locked as "isLocked", labels, language, facts_at as "factsAt",
    gone.to_repository_id as "toRepositoryId", gone.to_issue_id as "toIssueId", came.repository_id as "fromRepositoryId", came.issue_id as "fromIssueId", came.moved_at as "movedHereAt"
  from issue join repository on repository.id = issue.repository_id
    left join issue_move as gone on gone.repository_id = issue.repository_id and gone.issue_id = issue.id
    left join issue_move as came on came.to_repository_id = issue.repository_id and came.to_issue_id = issue.id
  where issue.repository_id = $1 and issue.id = $2`;

type Nullable<T> = { [Key in keyof T]: undefined extends T[Key] ? Exclude<T[Key], undefined> | null : T[Key] };
type Found = Nullable<Omit<KnownIssue, keyof IssueKey | 'movedTo' | 'movedFrom'>> & { toRepositoryId: string | null; toIssueId: string | null; fromRepositoryId: string | null; fromIssueId: string | null };

export async function findIssue(db: Pick<ClientBase, 'query'>, { repositoryId, issueId }: IssueKey): Promise<KnownIssue | undefined> {
  const { rows: [row] } = await db.query<Found>(find, [repositoryId, issueId]);
  if (row === undefined) return undefined;
  const { toRepositoryId, toIssueId, fromRepositoryId, fromIssueId, ...rest } = row;
  return {
    repositoryId, issueId, ...rest,
    installationId: row.installationId ?? undefined, stateReason: row.stateReason ?? undefined, closedAt: row.closedAt ?? undefined, language: row.language ?? undefined, factsAt: row.factsAt ?? undefined,
    movedTo: keyOf(toRepositoryId, toIssueId), movedFrom: keyOf(fromRepositoryId, fromIssueId), movedHereAt: row.movedHereAt ?? undefined,
  };
}

const keyOf = (repositoryId: string | null, issueId: string | null): IssueKey | undefined => (repositoryId === null || issueId === null ? undefined : { repositoryId, issueId });

export const askForHelp = (db: ClientBase, { repositoryId, issueId }: IssueKey) => db.query('update issue set help = true where repository_id = $1 and id = $2', [repositoryId, issueId]);

export const markDeleted = (db: ClientBase, { repositoryId, issueId }: IssueKey, now: Date) => db.query('update issue set deleted_at = coalesce(deleted_at, $3) where repository_id = $1 and id = $2', [repositoryId, issueId, now]);

const wake = `
  insert into living_comment (repository_id, issue_id, wanted, due_at) values ($1, $2, 1, $3)
  on conflict (repository_id, issue_id) do update set wanted = living_comment.wanted + 1, due_at = least(living_comment.due_at, $3)`;

/** Has the issue looked at: its intents done, its living comment compared with what it should say. */
export const wakeIssue = (db: Pick<ClientBase, 'query'>, { repositoryId, issueId }: IssueKey, now: Date) => db.query(wake, [repositoryId, issueId, now]);

const wakeKnownOnes = `
  update living_comment set wanted = wanted + 1, due_at = least(due_at, $3) where repository_id = $1 and issue_id = $2`;

/** The same when there is anything to look at: an issue that nothing is known of stays unknown. */
export const wakeKnown = (db: Pick<ClientBase, 'query'>, { repositoryId, issueId }: IssueKey, now: Date) => db.query(wakeKnownOnes, [repositoryId, issueId, now]);

const wakeTroubledOnes = `
  update living_comment set wanted = wanted + 1, due_at = least(due_at, $2) where repository_id = $1 and problem is not null`;

/** The same for all issues of a repository on which the last look failed: what kept them may be over. */
export const wakeTroubled = (db: Pick<ClientBase, 'query'>, repositoryId: string, now: Date) => db.query(wakeTroubledOnes, [repositoryId, now]);

/** An issue that only the treasury remembers: its events go on when our own database began anew. */
export async function keepIssueTold(db: ClientBase, key: IssueKey, told: { repository: string; number: number; title: string; url: string }, now: Date): Promise<void> {
  await db.query('insert into repository (id, full_name, seen_at) values ($1, $2, $3) on conflict (id) do nothing', [key.repositoryId, told.repository, now]);
  await db.query(keepIssue, [key.repositoryId, key.issueId, told.number, told.title, told.url, told.url.includes('/pull/')]);
}

export const keepInstallation = (db: Pick<ClientBase, 'query'>, repositoryId: string, installationId: string) => db.query('update repository set installation_id = $2 where id = $1', [repositoryId, installationId]);
