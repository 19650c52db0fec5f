import type { Pool } from 'pg';
import { createCounted, type CountedOptions } from './counted.ts';

/** What there is on the board to choose from, the most frequent first. */
export interface Facets {
  readonly denoms: string[];
  readonly languages: string[];
  /** At most 100, as of languages. */
  readonly labels: string[];
}

export type FacetsOf = (currencies: readonly string[]) => Promise<Facets>;

const most = 100;
const facets = `
  with shown as materialized (select currencies, language, labels from bounty where standing is not null and currencies && $1)
  select array(select split_part(one, ':', 1) from shown, unnest(currencies) one where one = any ($1) group by one order by count(*) desc, one) as denoms,
    array(select language from shown where language <> '' group by language order by count(*) desc, language limit ${String(most)}) as languages,
    array(select one from shown, unnest(labels) one group by one order by count(*) desc, one limit ${String(most)}) as labels`;

/** Counts at most every `everyMs`, as `createCounted` says. */
export function createFacets({ pool, ...options }: { pool: Pool } & CountedOptions): FacetsOf {
  const counted = createCounted<Facets>(options);
  return (currencies) => counted('', async () => (await pool.query<Facets>(facets, [currencies])).rows[0] ?? { denoms: [], languages: [], labels: [] });
}
