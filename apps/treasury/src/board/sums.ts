import type { Pool } from 'pg';
import { createCounted, type CountedOptions } from './counted.ts';
import type { ShownSum } from './totals.ts';

/** What all bounties of the board come to that match, in each of the currencies `$1`. */
export type SumsOf = (condition: string, values: readonly unknown[]) => Promise<readonly ShownSum[]>;

const sums = (condition: string): string => `
  select split_part(currency, ':', 1) as denom, decimals, sum(funded)::text as funded, sum(offered)::text as offered, sum(paid)::text as paid
  from bounty b join bounty_money m using (repository_id, issue_id) where ${condition} and currency = any ($1)
  group by currency, decimals order by count(*) desc, denom`;

/** Adds up at most every `everyMs` for each filter, as `createCounted` says: each reader of each page asks for the same. */
export function createSums({ pool, ...options }: { pool: Pool } & CountedOptions): SumsOf {
  const counted = createCounted<readonly ShownSum[]>(options);
  return (condition, values) => counted(JSON.stringify([condition, values]), async () => (await pool.query<ShownSum>(sums(condition), [...values])).rows);
}
