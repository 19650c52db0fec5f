import type { ClientBase, Pool } from 'pg';
import type { OfferState } from '@doubloon/domain';

export type { OfferState } from '@doubloon/domain';
export type SubmissionState = 'recorded' | 'sent' | 'confirmed' | 'finalized' | 'expired' | 'failed';
/** Why an offer is to end: the text that made it was changed, deleted, or its author took it back. */
export type Ending = 'edited' | 'deleted' | 'cancelled';

/** An offer with the display facts of its issue, and its newest submission. Ids and amounts are decimal text. */
export interface OfferRow {
  id: string;
  source_kind: string;
  source_id: string;
  nth: number;
  source_url: string;
  repository_id: string;
  issue_id: string;
  offered_by: string;
  offered_by_login: string;
  denom: string;
  mint: string | null;
  decimals: number;
  amount: string;
  nonce: string;
  state: OfferState;
  opened: number;
  offered_at: Date;
  expires_at: Date;
  ending: Ending | null;
  replaced_by: string | null;
  repository: string;
  number: number;
  title: string;
  issue_url: string;
  signature: string | null;
  wallet: string | null;
  submission_state: SubmissionState | null;
  submitted_at: Date | null;
  problem: string | null;
}

const offers = `
  select o.*, b.repository, b.number, b.title, b.url as issue_url,
    s.signature, s.wallet, s.state as submission_state, s.submitted_at, s.problem
  from offer o
  join bounty b using (repository_id, issue_id)
  left join lateral (select * from submission where offer_id = o.id order by place desc limit 1) s on true`;

const byId = `${offers} where o.id = $1`;
const mostOfBounty = 500;
const ofBounty = `select * from (
  ${offers} join places_of($1, $2) p on p.repository_id = o.repository_id and p.issue_id = o.issue_id
  left join lateral (select min(case when state in ('held', 'awarded') then 0 else 1 end) as rank from deposit where offer_id = o.id) funded on true
  order by coalesce(funded.rank, case when o.state in ('submitted', 'offered') then 2 else 3 end),
    case when funded.rank is not null then row_number() over (partition by funded.rank, o.denom, o.mint order by o.amount desc, o.place) end, o.place desc limit ${String(mostOfBounty)}
) one order by place`;
const bySource = `${offers} where o.source_kind = $1 and o.source_id = $2 and o.denom = $3 and o.amount = $4 and o.nth = $5`;

type Db = ClientBase | Pool;

export const isOfferId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text);

/** `undefined` when there is none of that id. */
export async function offerById(db: Db, id: string): Promise<OfferRow | undefined> {
  if (!isOfferId(id)) return undefined;
  return (await db.query<OfferRow>(byId, [id])).rows[0];
}

/**
 * Those of an issue, under all ids that it had, in the order they were offered. Anybody can write offers, so there is an end: of more than 500 those with money come
 * first, of each currency the largest, then those that had some, then those that can still get one, then the newest.
 */
export async function offersOf(db: Db, { repositoryId, issueId }: { repositoryId: string; issueId: string }): Promise<readonly OfferRow[]> {
  return (await db.query<OfferRow>(ofBounty, [repositoryId, issueId])).rows;
}

/** The offer that one place in a text made. */
export async function offerBySource(db: Db, source: { kind: string; id: string; nth: number }, money: { denom: string; amount: bigint }): Promise<OfferRow | undefined> {
  return (await db.query<OfferRow>(bySource, [source.kind, source.id, money.denom, money.amount, source.nth])).rows[0];
}

const alive: readonly (SubmissionState | null)[] = ['recorded', 'sent', 'confirmed', 'finalized'];

/** Whether its newest submission may still land, or has. There is never more than one that is alive. */
export const hasLiveSubmission = ({ submission_state }: OfferRow): boolean => alive.includes(submission_state);

export const bountyOf = ({ repository_id, issue_id }: Pick<OfferRow, 'repository_id' | 'issue_id'>): { repositoryId: string; issueId: string } => ({ repositoryId: repository_id, issueId: issue_id });
