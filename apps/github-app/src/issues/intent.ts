import type { ClientBase } from 'pg';
import { deleteInBatches, pruneBatch } from '@doubloon/postgres';
import { currentTraceparent } from '@doubloon/service';
import type { Award } from '../commands/commands.ts';
import type { SourceKind } from '../webhooks/delivery.ts';
import type { IssueKey } from './issue-row.ts';

/** One offer of one source: the identity that the treasury keys it by. */
export interface OfferKey {
  readonly sourceKind: SourceKind;
  readonly sourceId: string;
  readonly denom: string;
  /** Base units, decimal. */
  readonly amount: string;
  /** Which of the equal (denom, amount) pairs of the source it is, from 0. */
  readonly nth: number;
}

/** What has to happen outside of our database. All of it can be repeated. */
export type Work =
  | { readonly kind: 'open'; readonly offer: OfferKey }
  | { readonly kind: 'replace'; readonly offer: OfferKey; readonly by: OfferKey }
  | { readonly kind: 'withdraw'; readonly offer: OfferKey; readonly reason: 'edited' | 'deleted' | 'cancelled' }
  /** What a comment decides about money in escrow, as it was read. */
  | ({ readonly kind: 'decide'; readonly sourceKind: SourceKind; readonly sourceId: string } & Decision)
  | { readonly kind: 'eyes'; readonly sourceKind: SourceKind; readonly sourceId: string }
  /** Shows whoever wrote a command what became of it. */
  | { readonly kind: 'answer'; readonly sourceKind: SourceKind; readonly sourceId: string; readonly content: '+1' | 'confused' }
  /** The pull requests that close the issue are to be read again. */
  | { readonly kind: 'candidates' }
  /** A comment of ours that may be a second living one. */
  | { readonly kind: 'second'; readonly commentId: string };

export type Decision =
  | { readonly action: 'award'; readonly award: Award }
  | { readonly action: 'veto' }
  /** `withdrew`: whoever wrote it took back offers of their own by it, and may have meant no more. */
  | { readonly action: 'cancel'; readonly withdrew: boolean };

/** What the treasury is asked for. */
export type OfferWork = Extract<Work, { readonly offer: OfferKey }>;
export type DecisionWork = Extract<Work, { readonly kind: 'decide' }>;
/** What is shown beside a text. */
export type ReactionWork = Extract<Work, { readonly kind: 'eyes' | 'answer' }>;

export const isReaction = (work: Work): work is ReactionWork => work.kind === 'eyes' || work.kind === 'answer';

export interface Intent {
  readonly position: string;
  readonly work: Work;
  /** How often it was tried. */
  readonly attempts: number;
  /** Of the delivery it follows from. */
  readonly traceparent: string | undefined;
}

/** Writes down what follows from a change, in its transaction. `cause` is what makes it happen once: a delivery's GUID, or the text that it is about. */
export async function intend(db: ClientBase, { repositoryId, issueId }: IssueKey, cause: string, works: readonly Work[]): Promise<void> {
  for (const [place, work] of works.entries()) {
    await db.query('insert into intent (key, repository_id, issue_id, work, traceparent) values ($1, $2, $3, $4, $5) on conflict (key) do nothing', [`${cause}:${String(place)}`, repositoryId, issueId, JSON.stringify(work), currentTraceparent() ?? null]);
  }
}

/** What is still to be done for an issue, in the order it was decided. */
export async function undone(db: Pick<ClientBase, 'query'>, { repositoryId, issueId }: IssueKey): Promise<Intent[]> {
  const { rows } = await db.query<Omit<Intent, 'traceparent'> & { traceparent: string | null }>('select position::text, work, attempts, traceparent from intent where repository_id = $1 and issue_id = $2 and done_at is null order by intent.position', [repositoryId, issueId]);
  return rows.map(({ traceparent, ...rest }) => ({ ...rest, traceparent: traceparent ?? undefined }));
}

const awardBefore = "select from intent where repository_id = $1 and issue_id = $2 and done_at is null and position < $3 and work->>'kind' = 'decide' and work->>'action' = 'award' limit 1";

/** Whether an award that was commanded before is still to be pursued. */
export async function isAwardBefore(db: Pick<ClientBase, 'query'>, { repositoryId, issueId }: IssueKey, { position }: Intent): Promise<boolean> {
  return (await db.query(awardBefore, [repositoryId, issueId, position])).rowCount !== 0;
}

export const countAttempt = (db: Pick<ClientBase, 'query'>, { position }: Intent) => db.query('update intent set attempts = attempts + 1 where position = $1', [position]);

/** `problem` says why it was given up, when it was. */
export const markDone = (db: Pick<ClientBase, 'query'>, { position }: Intent, now: Date, problem?: string) => db.query('update intent set done_at = $2, problem = $3 where position = $1', [position, now, problem ?? null]);

export const markFailed = (db: Pick<ClientBase, 'query'>, { position }: Intent, problem: string) => db.query('update intent set problem = $2 where position = $1', [position, problem]);

const prune = `delete from intent where position in (select position from intent where done_at < $1 order by done_at limit ${pruneBatch})`;

/** Forgets what was done before `olderThan`, in small steps; answers how much that was. */
export const pruneIntents = (db: Pick<ClientBase, 'query'>, olderThan: Date): Promise<number> => deleteInBatches(db, prune, [olderThan]);
