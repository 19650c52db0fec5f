import { perPage } from './page-of-rows.ts';
import { Refusal } from './refusal.ts';

type Query = Readonly<Record<string, string>>;

/** The id a cursor points to. Callers take it from a `Link` header and never build one, so its form is nobody's business. */
function startOf(cursor: string | undefined): bigint | undefined {
  if (cursor === undefined) return undefined;
  const [, id] = /^v1_(\d{1,19})$/.exec(cursor) ?? [];
  if (id === undefined) throw new Refusal(400, 'Invalid cursor');
  return BigInt(id);
}

/**
 * The page that starts where the query's cursor points, of rows that stand newest first, and the `Link` header to the
 * next one. New rows don't move the pages behind them. Refuses a cursor that none of these headers held.
 */
export function pageByCursor<Row extends { readonly id: bigint }>(rows: readonly Row[], query: Query, url: string): { page: readonly Row[]; link: string | undefined } {
  const start = startOf(query['cursor']);
  const from = start === undefined ? rows : rows.filter((it) => it.id <= start);
  const count = perPage(query);
  const next = from[count];
  const link = next === undefined ? undefined : `<${url}?${new URLSearchParams({ ...query, cursor: `v1_${next.id}` })}>; rel="next"`;
  return { page: from.slice(0, count), link };
}
