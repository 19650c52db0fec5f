import type { ClientBase } from 'pg';
import type { OfferKey } from '../issues/intent.ts';

type Db = Pick<ClientBase, 'query'>;

export interface OfferRow {
  readonly offerId: string | undefined;
  /** Base units of its amount that are in escrow already, from an earlier wording. */
  readonly covered: bigint;
  readonly isCancelled: boolean;
}

const at = 'source_kind = $1 and source_id = $2 and denom = $3 and amount = $4 and nth = $5';
const keyOf = ({ sourceKind, sourceId, denom, amount, nth }: OfferKey) => [sourceKind, sourceId, denom, amount, nth];

export async function findOffer(db: Db, key: OfferKey): Promise<OfferRow | undefined> {
  const { rows } = await db.query<{ offer_id: string | null; covered: string; cancelled: boolean }>(`select offer_id, covered, cancelled_at is not null as cancelled from offer where ${at}`, keyOf(key));
  const row = rows[0];
  return row && { offerId: row.offer_id ?? undefined, covered: BigInt(row.covered), isCancelled: row.cancelled };
}

/** The treasury has opened it. */
export const keepOpened = (db: Db, key: OfferKey, offerId: string, covered = 0n) => db.query(`update offer set offer_id = $6, covered = $7 where ${at}`, [...keyOf(key), offerId, covered.toString()]);

/** All of it, or more, is in escrow already: nothing is asked for. */
export const keepCovered = (db: Db, key: OfferKey, covered: bigint) => db.query(`update offer set offer_id = null, covered = $6 where ${at}`, [...keyOf(key), covered.toString()]);

const place = `
  insert into offer (source_kind, source_id, denom, amount, nth, ordinal) values ($1, $2, $3, $4, $5, $6)
  on conflict (source_kind, source_id, denom, amount, nth) do update set ordinal = excluded.ordinal`;

/** It stands in the text at this place. */
export const keepPlace = (db: Db, key: OfferKey, ordinal: number) => db.query(place, [...keyOf(key), ordinal]);

/** It stands in the text again, after it had been taken out of it: what was cancelled before counts no more. */
export const keepReturned = (db: Db, key: OfferKey) => db.query(`update offer set cancelled_at = null where ${at}`, keyOf(key));

/** It does not stand in the text any more. */
export const keepVanished = (db: Db, key: OfferKey) => db.query(`update offer set ordinal = null where ${at}`, keyOf(key));

const standing = `
  select source_kind as "sourceKind", source_id as "sourceId", denom, amount, nth from offer
  where source_kind = $1 and source_id = $2 and ordinal is not null order by ordinal`;

/** The offers of a source as its text was read last, in the order of the text. */
export async function standingOffers(db: Db, sourceKind: string, sourceId: string): Promise<OfferKey[]> {
  return (await db.query<OfferKey>(standing, [sourceKind, sourceId])).rows;
}

/** Whether it stands in its text, as that was read last. */
export async function isStanding(db: Db, key: OfferKey): Promise<boolean> {
  return (await db.query(`select from offer where ${at} and ordinal is not null`, keyOf(key))).rowCount === 1;
}

const cancel = `
  update offer set cancelled_at = $4 from source
  where source.kind = offer.source_kind and source.id = offer.source_id
    and source.repository_id = $1 and source.issue_id = $2 and source.author_id = $3
    and (source.kind = 'issue' or source.updated_at <= $5)
    and offer.ordinal is not null and offer.cancelled_at is null
  returning offer.source_kind as "sourceKind", offer.source_id as "sourceId", denom, amount, nth`;

/**
 * Marks the offers of one person on an issue as cancelled, without what was written after `asked`: a command may be heard of
 * late. The time of an opening text proves nothing: it moves with whatever happens on the issue. Answers which.
 */
export async function cancelOffersOf(db: Db, { repositoryId, issueId }: { repositoryId: string; issueId: string }, authorId: string, asked: Date, now: Date): Promise<OfferKey[]> {
  return (await db.query<OfferKey>(cancel, [repositoryId, issueId, authorId, now, asked])).rows;
}

/** Whether anybody ever offered money on an issue. */
export async function hasOffers(db: Db, { repositoryId, issueId }: { repositoryId: string; issueId: string }): Promise<boolean> {
  const { rows } = await db.query<{ has: boolean }>('select exists (select from source join offer on source.kind = offer.source_kind and source.id = offer.source_id where repository_id = $1 and issue_id = $2) as has', [repositoryId, issueId]);
  return rows[0]?.has === true;
}
