import type { ClientBase } from 'pg';
import type { IssueKey } from '../issues/issue-row.ts';
import type { AutomaticStep } from './automatic.ts';

type Db = Pick<ClientBase, 'query'>;

export interface DueStep extends IssueKey, Pick<AutomaticStep, 'kind' | 'cause'> {
  /** How often it was tried before. */
  readonly attempts: number;
}

const forget = `
  delete from automatic_step where repository_id = $1 and issue_id = $2 and done_at is null and not kind || ' ' || cause = any ($3)`;
const keep = `
  insert into automatic_step (repository_id, issue_id, kind, cause, due_at) values ($1, $2, $3, $4, $5)
  on conflict (repository_id, issue_id, kind, cause) do update set due_at = case when automatic_step.attempts = 0 then excluded.due_at else automatic_step.due_at end
  where automatic_step.done_at is null`;

/** These steps wait for their time, and no others; what was done stays done. */
export async function keepSteps(db: Db, { repositoryId, issueId }: IssueKey, steps: readonly AutomaticStep[]): Promise<void> {
  await db.query(forget, [repositoryId, issueId, steps.map(({ kind, cause }) => `${kind} ${cause}`)]);
  for (const { kind, cause, dueAt } of steps) await db.query(keep, [repositoryId, issueId, kind, cause, dueAt]);
}

const due = `
  select repository_id as "repositoryId", issue_id as "issueId", kind, cause, attempts from automatic_step where done_at is null and due_at <= $1 order by due_at limit $2`;

export const dueSteps = async (db: Db, now: Date, limit: number): Promise<DueStep[]> => (await db.query<DueStep>(due, [now, limit])).rows;

const at = 'repository_id = $1 and issue_id = $2 and kind = $3 and cause = $4';
const keyOf = ({ repositoryId, issueId, kind, cause }: DueStep) => [repositoryId, issueId, kind, cause];

export const countTry = (db: Db, step: DueStep, next: Date) => db.query(`update automatic_step set attempts = attempts + 1, due_at = $5 where ${at} and done_at is null`, [...keyOf(step), next]);

export const markTried = (db: Db, step: DueStep, problem: string) => db.query(`update automatic_step set problem = $5 where ${at}`, [...keyOf(step), problem]);

/** It does not follow any more, or not yet. */
export const forgetStep = (db: Db, step: DueStep) => db.query(`delete from automatic_step where ${at} and done_at is null`, keyOf(step));

/** `sentence` says why it was not done, for people. */
export const markStepDone = (db: Db, step: DueStep, now: Date, sentence?: string) => db.query(`update automatic_step set done_at = $5, sentence = $6 where ${at}`, [...keyOf(step), now, sentence ?? null]);

const told = 'select sentence from automatic_step where repository_id = $1 and issue_id = $2 and sentence is not null order by done_at';

/** Why things that would have been done by themselves were not: whole sentences of ours. */
export const automaticProblemsOf = async (db: Db, { repositoryId, issueId }: IssueKey): Promise<string[]> => (await db.query<{ sentence: string }>(told, [repositoryId, issueId])).rows.map(({ sentence }) => sentence);
