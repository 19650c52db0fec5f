import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '@doubloon/postgres';
import { lockBounty, type BountyKey } from '../offers/bounty-lock.ts';
import { each } from '../each.ts';
import { standingOf, type Tally } from './standing.ts';
import { currencyOf, totalsOf } from './totals.ts';

// Its row is locked before anything is summed up: of two changes under different ids of one issue, the second sees the first.
const lockRow = `
  select b.repository_id as "repositoryId", b.issue_id as "issueId", b.state from place_now($1, $2) join bounty b using (repository_id, issue_id) for no key update of b`;
const tally = `
  select count(*) filter (where d.state = 'held')::int as held, count(*) filter (where d.state = 'awarded')::int as awarded, count(*) filter (where d.state = 'paid')::int as paid,
    count(*) filter (where d.state in ('refunded', 'cancelled', 'closed'))::int as ended, coalesce(bool_or(o.state in ('offered', 'submitted')), false) as "isOffered",
    count(distinct d.funder)::int as funders, min(d.deadline) filter (where d.state in ('held', 'awarded')) as deadline,
    greatest(max(o.offered_at), max(d.seen_at), max(d.awarded_at)) as latest
  from places_of($1, $2) join offer o using (repository_id, issue_id) left join deposit d on d.offer_id = o.id
  where o.state not in ('withdrawn', 'replaced')`;
const write = `
  update bounty set standing = $3, changed_at = coalesce($4::timestamptz, greatest(changed_at, $5::timestamptz), '-infinity'), deadline = $6, funders = $7, currencies = $8
  where repository_id = $1 and issue_id = $2`;
const writeMoney = `
  with sums as (select * from unnest($3::text[], $4::smallint[], $5::numeric[], $6::numeric[], $7::numeric[]) as sum (currency, decimals, funded, offered, paid)),
    gone as (delete from bounty_money m where repository_id = $1 and issue_id = $2 and not exists (select from sums s where s.currency = m.currency))
  insert into bounty_money (repository_id, issue_id, currency, decimals, funded, offered, paid) select $1, $2, * from sums
  on conflict (repository_id, issue_id, currency) do update set decimals = excluded.decimals, funded = excluded.funded, offered = excluded.offered, paid = excluded.paid`;

/**
 * Works out what the board shows of an issue from its offers and deposits, under all ids that it had, in the transaction
 * that changed them. `at` is when something happened to its money; without it, when something last did.
 */
export async function chartBounty(db: PoolClient, key: BountyKey, at?: Date): Promise<void> {
  const { rows: [place] } = await db.query<BountyKey & { state: 'open' | 'closed' | 'deleted' }>(lockRow, [key.repositoryId, key.issueId]);
  if (place === undefined) return;
  const { repositoryId, issueId } = place;
  const { rows: [counts] } = await db.query<Tally & { funders: number; deadline: Date | null; latest: Date | null }>(tally, [repositoryId, issueId]);
  const sums = (await totalsOf(db, { repositoryId, issueId })).filter(({ counts: isCounted }) => isCounted);
  const standing = counts && standingOf(counts, place.state);
  await db.query(write, [repositoryId, issueId, standing ?? null, at ?? null, counts?.latest ?? null, counts?.deadline ?? null, counts?.funders ?? 0, sums.map(currencyOf)]);
  await db.query(writeMoney, [repositoryId, issueId, sums.map(currencyOf), ...(['decimals', 'funded', 'offered', 'paid'] as const).map((column) => sums.map((one) => one[column]))]);
}

const mostAtOnce = 500;
const uncharted = `select repository_id as "repositoryId", issue_id as "issueId" from bounty where changed_at is null limit ${String(mostAtOnce)}`;
// What is shown is written under the ids that the issue has now: these may be others.
const mark = "update bounty set changed_at = '-infinity' where repository_id = $1 and issue_id = $2 and changed_at is null";

/** Works it out for bounties that were there before there was a board. */
export async function chartTheRest({ pool }: { pool: Pool }): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<BountyKey>(uncharted);
    await each(rows, (key) => inTransaction(pool, async (db) => {
      await lockBounty(db, key);
      await db.query(mark, [key.repositoryId, key.issueId]);
      await chartBounty(db, key);
    }));
    if (rows.length < mostAtOnce) return;
  }
}
