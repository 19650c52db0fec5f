import { DoubloonError } from '@doubloon/errors';
import { parseGitHubId } from '@doubloon/domain';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import { issueView, type IssueColumns } from '../board/issue-view.ts';
import { totalsOf, totalView } from '../board/totals.ts';
import { depositsOfBounty } from '../deposits/deposit-row.ts';
import { depositView } from '../deposits/deposit-view.ts';
import { offersOf } from './offer-row.ts';
import { offerView } from './offer-view.ts';
import { decisionsOf } from '../relayer/decision-view.ts';
import type { Treasury } from '../treasury.ts';

const kept = `
  select b.* from place_now($1, $2) join bounty b using (repository_id, issue_id)`;

/** The offers of one issue in the order they were made (`offersOf` says how many), what of each denom is in escrow, and what only offered; under all ids that it had. */
export async function getBounty(context: Treasury, { repositoryId, issueId }: { repositoryId: string; issueId: string }): Promise<MessageInitShape<typeof treasury.GetBountyResponseSchema>> {
  const { pool, webUrl, cluster, program, operator } = context;
  if (parseGitHubId(repositoryId) === undefined || parseGitHubId(issueId) === undefined) throw new DoubloonError('REQUEST_INVALID', { problem: 'repositoryId and issueId are no numeric ids' });
  const key = { repositoryId, issueId };
  const [offers, decisions, deposits, sums, { rows: [issue] }] = await Promise.all([
    offersOf(pool, key), decisionsOf(pool, key), depositsOfBounty(pool, key), totalsOf(pool, key), pool.query<IssueColumns & { standing: string | null }>(kept, [repositoryId, issueId]),
  ]);
  const byOffer = Map.groupBy(deposits, ({ offer_id: offerId }) => offerId);
  return {
    offers: offers.map((row) => offerView(row, context, byOffer.get(row.id) ?? [])), totals: sums.map(totalView), cluster, deposits: deposits.map((row) => depositView(row, context)), decisions,
    bountyUrl: `${webUrl}/bounties/${repositoryId}-${issueId}`, awardUrl: `${webUrl}/award/${repositoryId}-${issueId}`, linkUrl: `${webUrl}/link`,
    program: { address: program }, operator, state: issue?.standing ?? '', ...(issue === undefined ? {} : { issue: issueView(issue) }),
  };
}
