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
 * next one and to the one before it. New rows don't move the pages behind them. Refuses a cursor that none of these headers held.
 */
export function pageByCursor<Row extends { readonly id: bigint }>(rows: readonly Row[], query: Query, url: string): { page: readonly Row[]; link: string | undefined } {
  const start = startOf(query['cursor']);
  const first = start === undefined ? 0 : rows.filter((it) => it.id > start).length;
  const count = perPage(query);
  const to = (row: Row | undefined, rel: string): string[] => (row === undefined ? [] : [`<${url}?${new URLSearchParams({ ...query, cursor: `v1_${row.id}` })}>; rel="${rel}"`]);
  const links = [...to(rows[first + count], 'next'), ...(first === 0 ? [] : to(rows[Math.max(0, first - count)], 'prev'))];
  return { page: rows.slice(first, first + count), link: links.length === 0 ? undefined : links.join(', ') };
}
