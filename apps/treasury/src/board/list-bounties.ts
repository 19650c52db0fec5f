import { z } from 'zod';
import { DoubloonError } from '@doubloon/errors';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import { githubId, storable } from '../offers/issue-shape.ts';
import type { Treasury } from '../treasury.ts';
import type { FacetsOf } from './facets.ts';
import { issueView, type IssueColumns } from './issue-view.ts';
import type { SumsOf } from './sums.ts';
import { currencyOf, totalView, type ShownSum } from './totals.ts';

const anyOr = <T extends z.ZodType>(schema: T) => z.union([z.literal('').transform(() => undefined), schema]);
const requestSchema = z.object({
  denom: anyOr(storable.max(20)), state: anyOr(z.enum(['open', 'awarded', 'paid', 'ended'])), language: anyOr(storable.max(100)), label: anyOr(storable.max(200)),
  repositoryId: anyOr(githubId), repository: anyOr(storable.max(201)), number: z.number().int().max(2 ** 31 - 1),
  cursor: anyOr(z.string().regex(/^\d{1,15}\.[1-9]\d{0,19}\.[1-9]\d{0,19}$/, 'is of no page before')), limit: z.number().int().max(100),
});
type Filter = z.output<typeof requestSchema>;

interface Row extends IssueColumns {
  readonly standing: string;
  readonly changed_at: Date;
  readonly deadline: Date | null;
  readonly funders: number;
  readonly money: readonly ShownSum[];
}

const moneyOf = (currencies: string) => `(
  select json_agg(json_build_object('denom', split_part(currency, ':', 1), 'decimals', decimals, 'funded', funded::text, 'offered', offered::text, 'paid', paid::text) order by array_position(b.currencies, currency))
  from bounty_money m where m.repository_id = b.repository_id and m.issue_id = b.issue_id and currency = any (${currencies}::text[]))`;

/**
 * The bounties of the board that match, the one that changed last first. A page begins where the one before ended, whatever
 * changed meanwhile: what changed is on the first. Only currencies that this instance takes now count. REQUEST_INVALID.
 */
export async function listBounties({ pool, denoms, cluster, facetsOf, sumsOf }: Pick<Treasury, 'pool' | 'denoms' | 'cluster'> & { readonly facetsOf: FacetsOf; readonly sumsOf: SumsOf }, request: treasury.ListBountiesRequest): Promise<MessageInitShape<typeof treasury.ListBountiesResponseSchema>> {
  const filter = read(request);
  const taken = denoms.denoms.map(({ name, mint }) => currencyOf({ denom: name, mint: mint ?? '' }));
  const limit = filter.limit === 0 ? 30 : filter.limit;
  const { condition, values } = matching(filter, taken);
  const nth = (after: number) => `$${String(values.length + after)}`;
  const page = `
    select b.*, ${moneyOf(nth(1))} as money from bounty b
    where ${condition}${filter.cursor === undefined ? '' : ` and (b.changed_at, b.repository_id, b.issue_id) < (to_timestamp(${nth(2)}::numeric / 1000), ${nth(3)}::numeric, ${nth(4)}::numeric)`}
    order by b.changed_at desc, b.repository_id desc, b.issue_id desc limit ${String(limit + 1)}`;
  const [{ rows }, sums, facets] = await Promise.all([
    pool.query<Row>(page, [...values, taken, ...(filter.cursor?.split('.') ?? [])]),
    sumsOf(condition, values),
    facetsOf(taken),
  ]);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    bounties: rows.slice(0, limit).map(summaryView), nextCursor: last === undefined ? '' : `${String(last.changed_at.getTime())}.${last.repository_id}.${last.issue_id}`,
    totals: sums.map(totalView), cluster, ...facets,
  };
}

/** What a row of `bounty b` has to be; `$1` are the currencies of which it has to have one. */
function matching({ denom, state, language, label, repositoryId, repository, number }: Filter, taken: readonly string[]): { condition: string; values: unknown[] } {
  const values: unknown[] = [];
  const found = ['b.standing is not null'];
  const add = (value: unknown, condition: (parameter: string) => string) => {
    if (value !== undefined) found.push(condition(`$${String(values.push(value))}`));
  };
  add(taken.filter((one) => denom === undefined || one.startsWith(`${denom}:`)), (it) => `b.currencies && ${it}`);
  add(state, (it) => `b.standing = ${it}`);
  add(language, (it) => `b.language = ${it}`);
  add(label === undefined ? undefined : [label], (it) => `b.labels @> ${it}`);
  add(repositoryId, (it) => `b.repository_id = ${it}`);
  add(repository, (it) => `lower(b.repository) = lower(${it})`);
  add(number > 0 && (repositoryId ?? repository) !== undefined ? number : undefined, (it) => `b.number = ${it}`);
  return { condition: found.join(' and '), values };
}

function summaryView(row: Row): MessageInitShape<typeof treasury.BountySummarySchema> {
  return { issue: issueView(row), totals: row.money.map(totalView), state: row.standing, changedAt: row.changed_at.toISOString(), deadline: row.deadline?.toISOString() ?? '', funders: row.funders };
}

function read(request: treasury.ListBountiesRequest): Filter {
  const checked = requestSchema.safeParse(request);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new DoubloonError('REQUEST_INVALID', { problem: `${issue?.path.join('.') ?? 'it'} ${issue?.message ?? ''}` });
}
