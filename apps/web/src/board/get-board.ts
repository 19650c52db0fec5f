import type { treasury, TreasuryClient } from '@doubloon/rpc';
import type { BoardView, BountyView, IssueView, MoneyView, Standing } from './board-view.ts';
import type { Filter } from './filter.ts';

type What = 'funded' | 'offered' | 'paid';

/** The sums of one kind that are more than nothing. */
export const moneyOf = (totals: readonly treasury.Total[], what: What): MoneyView[] =>
  totals.filter((one) => one[what] !== '0').map((one) => ({ text: one[`${what}Text`], denom: one.denom.toUpperCase() }));

export const issueOf = (issue: treasury.Issue | undefined): IssueView => ({
  repository: issue?.repository ?? '', number: issue?.number ?? 0, title: issue?.title ?? '', url: issue?.url ?? '',
  isPullRequest: issue?.isPullRequest ?? false, state: issue?.state ?? '', labels: [...new Set(issue?.labels)], language: issue?.language ?? '',
});

/** What a bounty is about: money in escrow before what was paid, and that before what somebody only offered. */
export function moneyNow(totals: readonly treasury.Total[]): Pick<BountyView, 'money' | 'isFunded' | 'offered'> {
  const [funded, paid, offered] = [moneyOf(totals, 'funded'), moneyOf(totals, 'paid'), moneyOf(totals, 'offered')];
  if (funded.length > 0) return { money: funded, isFunded: true, offered };
  if (paid.length > 0) return { money: paid, isFunded: true, offered };
  return { money: offered, isFunded: false, offered: [] };
}

function bountyOf({ issue, totals, state, changedAt, deadline, funders }: treasury.BountySummary): BountyView {
  return { id: `${issue?.repositoryId ?? ''}-${issue?.issueId ?? ''}`, issue: issueOf(issue), standing: state as Standing, ...moneyNow(totals), changedAt, deadline, funders };
}

/** One page of the board. REQUEST_INVALID for a filter or cursor that can't be, or what the way to the treasury throws. */
export async function getBoard(client: TreasuryClient, filter: Filter, { cursor = '', limit = 30, number = 0 }: { cursor?: string; limit?: number; number?: number } = {}): Promise<BoardView> {
  const { bounties, nextCursor, totals, denoms, languages, labels, cluster } = await client.listBounties({ ...filter, cursor, limit, number });
  return {
    bounties: bounties.map(bountyOf), nextCursor, inEscrow: moneyOf(totals, 'funded'), offered: moneyOf(totals, 'offered'),
    choices: { denoms, languages, labels }, cluster: cluster?.name ?? '',
  };
}
