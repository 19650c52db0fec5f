import type { SeenDeposit } from '@doubloon/domain';
import { awardFinalAt, awardStanding, shareAmounts, type Deposit, type Operator } from '@doubloon/escrow';
import { instant } from '../funding/terms.ts';

/** What an account says of a deposit, in the words of the domain; what its award is worth depends on the operator's keys. */
export function seenIn(deposit: Deposit, operator: Operator): SeenDeposit {
  const { state, sequence, vetoed, award, amount } = deposit;
  // The clock does not matter to whether an award is void.
  const isVoid = awardStanding(deposit, operator, 0n) === 'void';
  const common = { state: state === 'funded' ? 'held' as const : state, sequence, vetoed, isVoid };
  if (award === undefined) return common;
  const amounts = shareAmounts(amount, award.shares.map(({ bps }) => bps));
  const shares = award.shares.map(({ githubId, bps, settled }, index) => ({ githubId, bps, amount: amounts[index] ?? 0n, ...(settled === undefined ? {} : { settled }) }));
  return { ...common, award: { shares, by: award.by, awardedAt: instant(award.at), finalAt: instant(awardFinalAt(award, operator) ?? award.finalAt) } };
}
