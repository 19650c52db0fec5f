import type { Pool } from 'pg';
import { DoubloonError } from '@doubloon/errors';
import { formatAmount, parseGitHubId } from '@doubloon/domain';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import { depositsOfBounty } from './deposit-row.ts';
import { depositView } from './deposit-view.ts';
import { offersOf } from './offer-row.ts';
import { offerView } from './offer-view.ts';
import { decisionsOf } from './relayer/decision-view.ts';
import type { Treasury } from './treasury.ts';

// What of every deposit is in escrow counts, also of the second one of an offer that two wallets funded; money of an offer that was taken back is
// shown with that offer and promises nothing.
const totals = `
  select o.denom, o.decimals,
    coalesce(sum(held.amount) filter (where o.state not in ('withdrawn', 'replaced')), 0)::text as funded,
    coalesce(sum(o.amount) filter (where o.state in ('offered', 'submitted')), 0)::text as offered
  from offer o
  left join lateral (
    select sum(amount - coalesce((select sum(amount) from award_share s where s.deposit = d.address and s.settled is not null), 0)) as amount
    from deposit d where d.offer_id = o.id and d.state in ('held', 'awarded')
  ) held on true
  where o.repository_id = $1 and o.issue_id = $2
  group by o.denom, o.mint, o.decimals order by min(o.place)`;

async function totalsOf(pool: Pool, repositoryId: string, issueId: string): Promise<MessageInitShape<typeof treasury.TotalSchema>[]> {
  const { rows } = await pool.query<{ denom: string; decimals: number; funded: string; offered: string }>(totals, [repositoryId, issueId]);
  return rows.map(({ denom, decimals, funded, offered }) => ({
    denom, decimals, funded, offered, fundedText: formatAmount(BigInt(funded), decimals), offeredText: formatAmount(BigInt(offered), decimals),
  }));
}

/** The offers of one issue in the order they were made (`offersOf` says how many), what of each denom is in escrow, and what only offered. */
export async function getBounty({ pool, webUrl, cluster }: Treasury, { repositoryId, issueId }: { repositoryId: string; issueId: string }): Promise<MessageInitShape<typeof treasury.GetBountyResponseSchema>> {
  if (parseGitHubId(repositoryId) === undefined || parseGitHubId(issueId) === undefined) throw new DoubloonError('REQUEST_INVALID', { problem: 'repositoryId and issueId are no numeric ids' });
  const [offers, decisions, deposits, sums] = await Promise.all([offersOf(pool, { repositoryId, issueId }), decisionsOf(pool, { repositoryId, issueId }), depositsOfBounty(pool, { repositoryId, issueId }), totalsOf(pool, repositoryId, issueId)]);
  const byOffer = Map.groupBy(deposits, ({ offer_id: offerId }) => offerId);
  return { offers: offers.map((row) => offerView(row, webUrl, byOffer.get(row.id) ?? [])), totals: sums, cluster, deposits: deposits.map(depositView), decisions, bountyUrl: `${webUrl}/bounties/${repositoryId}-${issueId}`, awardUrl: `${webUrl}/award/${repositoryId}-${issueId}`, linkUrl: `${webUrl}/link` };
}
