import type { Pool } from 'pg';

type Db = Pick<Pool, 'query'>;

const keep = `
  insert into sweep (app_id, reached) values ($1, $2)
  on conflict (app_id) do update set reached = greatest(sweep.reached, excluded.reached)`;

/** How far an App's delivery log was looked through, by GitHub's clock. */
export async function reachedBefore(db: Db, appId: string): Promise<Date | undefined> {
  return (await db.query<{ reached: Date | null }>('select reached from sweep where app_id = $1', [appId])).rows[0]?.reached ?? undefined;
}

export const keepReached = (db: Db, appId: string, reached: Date) => db.query(keep, [appId, reached]);

const good = 'insert into sweep (app_id, good_at) values ($1, $2) on conflict (app_id) do update set good_at = excluded.good_at';

/** A round ended well. */
export const keepGood = (db: Db, appId: string, now: Date) => db.query(good, [appId, now]);

/** When a round of any process ended well the last time. */
export async function lastGood(db: Db, appId: string): Promise<Date | undefined> {
  return (await db.query<{ goodAt: Date | null }>('select good_at as "goodAt" from sweep where app_id = $1', [appId])).rows[0]?.goodAt ?? undefined;
}

const measure = `
  select (select extract(epoch from clock_timestamp() - max(good_at))::float8 from sweep) as age,
    (select count(*)::int from missed_delivery where given_up_at is null) as missed`;

/** Seconds since the last good round, and how many deliveries are known to be missed and not in the inbox yet. */
export async function measureSweep(db: Db): Promise<{ age: number | undefined; missed: number }> {
  const { rows: [row] } = await db.query<{ age: number | null; missed: number }>(measure);
  return { age: row?.age ?? undefined, missed: row?.missed ?? 0 };
}
