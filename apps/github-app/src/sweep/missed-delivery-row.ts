import type { Pool } from 'pg';
import type { LoggedDelivery } from './delivery-log.ts';

type Db = Pick<Pool, 'query'>;

// The newest attempt stands for all of its GUID; one that is newer than what was given up may be read again.
const note = `
  insert into missed_delivery (guid, delivery_id, delivered_at)
  select distinct on (guid) guid, id, at from unnest($1::text[], $2::numeric[], $3::timestamptz[]) as logged (guid, id, at)
  where not exists (select from inbox where key = guid)
  order by guid, at desc, id desc
  on conflict (guid) do update set
    delivery_id = excluded.delivery_id, delivered_at = excluded.delivered_at, attempts = 0, not_before = '-infinity', problem = null, given_up_at = null
  where missed_delivery.delivery_id < excluded.delivery_id`;

/** Notes what of a page of the log is not in the inbox; answers how many were not known as missed before. */
export async function noteMissed(db: Db, deliveries: readonly LoggedDelivery[]): Promise<number> {
  const { rowCount } = await db.query(note, [deliveries.map(({ guid }) => guid), deliveries.map(({ id }) => id), deliveries.map(({ deliveredAt }) => deliveredAt)]);
  return rowCount ?? 0;
}

/** What came by itself after it was noted is not missed any more. */
export const forgetArrived = (db: Db) => db.query('delete from missed_delivery using inbox where key = guid');

const next = `
  select guid, delivery_id::text as id, delivered_at as "deliveredAt", attempts from missed_delivery
  where given_up_at is null and not_before <= $1 order by delivered_at, delivery_id limit $2`;

/** What is to be fetched now, oldest first. */
export async function missedNow(db: Db, now: Date, limit: number): Promise<(LoggedDelivery & { attempts: number })[]> {
  return (await db.query<LoggedDelivery & { attempts: number }>(next, [now, limit])).rows;
}

/** Counts an attempt before it is made: what kills the process is not the first thing it meets again. */
export const countFetch = (db: Db, guid: string, notBefore: Date) => db.query('update missed_delivery set attempts = attempts + 1, not_before = $2 where guid = $1', [guid, notBefore]);

export const forgetMissed = (db: Db, guid: string) => db.query('delete from missed_delivery where guid = $1', [guid]);

export const markUnfetched = (db: Db, guid: string, problem: string) => db.query('update missed_delivery set problem = $2 where guid = $1', [guid, problem]);

export const giveUpMissed = (db: Db, guid: string, problem: string, now: Date) => db.query('update missed_delivery set problem = $2, given_up_at = $3 where guid = $1', [guid, problem, now]);

/** Gives up what GitHub does not keep any more; answers which. */
export async function giveUpOlder(db: Db, than: Date, now: Date): Promise<string[]> {
  const { rows } = await db.query<{ guid: string }>('update missed_delivery set given_up_at = $2 where given_up_at is null and delivered_at < $1 returning guid', [than, now]);
  return rows.map(({ guid }) => guid);
}

export const pruneMissed = (db: Db, olderThan: Date) => db.query('delete from missed_delivery where given_up_at < $1', [olderThan]);
