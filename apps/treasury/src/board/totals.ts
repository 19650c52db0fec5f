import type { ClientBase, Pool } from 'pg';
import { formatAmount } from '@doubloon/domain';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import type { BountyKey } from '../offers/bounty-lock.ts';

/** Base units of one currency, decimal: in escrow, offered but not funded, and paid to whom it was awarded. */
export interface Sum {
  readonly denom: string;
  /** Empty for SOL. */
  readonly mint: string;
  readonly decimals: number;
  readonly funded: string;
  readonly offered: string;
  readonly paid: string;
  /** False when all offers of it were taken back. */
  readonly counts: boolean;
}

export type ShownSum = Omit<Sum, 'mint' | 'counts'>;

/** A denom and its mint as the board keeps them: `usdc:<mint>`, `sol:`. A denom that is of another mint by now is another currency. */
export const currencyOf = ({ denom, mint }: Pick<Sum, 'denom' | 'mint'>): string => `${denom}:${mint}`;

// What of every deposit is in escrow counts, also of the second one of an offer that two wallets funded; money of an offer that was taken back is
// shown with that offer and promises nothing.
const totals = `
  select o.denom, coalesce(o.mint, '') as mint, o.decimals,
    coalesce(sum(held.amount) filter (where o.state not in ('withdrawn', 'replaced')), 0)::text as funded,
    coalesce(sum(o.amount) filter (where o.state in ('offered', 'submitted')), 0)::text as offered,
    coalesce(sum(held.paid), 0)::text as paid, bool_or(o.state not in ('withdrawn', 'replaced')) as counts
  from places_of($1, $2) join offer o using (repository_id, issue_id)
  left join lateral (
    select sum(d.amount - coalesce(share.settled, 0)) filter (where d.state in ('held', 'awarded')) as amount, sum(share.paid) as paid
    from deposit d left join lateral (
      select sum(amount) filter (where settled is not null) as settled, sum(amount) filter (where settled = 'paid') as paid from award_share s where s.deposit = d.address
    ) share on true
    where d.offer_id = o.id
  ) held on true
  group by o.denom, o.mint, o.decimals order by min(o.place)`;

/** Of an issue under all ids that it had, in the order in which its currencies were first offered. */
export async function totalsOf(db: ClientBase | Pool, { repositoryId, issueId }: BountyKey): Promise<readonly Sum[]> {
  return (await db.query<Sum>(totals, [repositoryId, issueId])).rows;
}

/** A sum as it crosses the border. */
export function totalView({ denom, decimals, funded, offered, paid }: ShownSum): MessageInitShape<typeof treasury.TotalSchema> {
  const text = (amount: string) => formatAmount(BigInt(amount), decimals);
  return { denom, decimals, funded, offered, paid, fundedText: text(funded), offeredText: text(offered), paidText: text(paid) };
}
