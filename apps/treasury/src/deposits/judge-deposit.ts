import type { Address, Deposit } from '@doubloon/escrow';
import { depositAddress } from '@doubloon/escrow';
import type { OfferRow } from '../offers/offer-row.ts';
import { standard } from '../funding/terms.ts';

/** What of an offer its deposits have to be made for. */
export type OfferTerms = Pick<OfferRow, 'repository_id' | 'issue_id' | 'nonce' | 'mint' | 'amount'>;

/** What is not as it must be for a deposit to count as money for this offer; `undefined` when all is. */
export function judgeDeposit(deposit: Deposit, address: Address, { program, operator, offer }: { program: Address; operator: Address; offer: OfferTerms }): string | undefined {
  const { deadlineSeconds, deadlineSlackSeconds, withRelayer, approver } = standard;
  if (deposit.operator !== operator) return 'another operator';
  if (deposit.repositoryId !== offer.repository_id || deposit.issueId !== offer.issue_id || String(deposit.nonce) !== offer.nonce) return 'another offer';
  if ((deposit.mint ?? null) !== offer.mint) return 'another mint';
  if (String(deposit.amount) !== offer.amount) return 'another amount';
  if (deposit.withRelayer !== withRelayer || deposit.approver !== approver) return 'other deciders';
  const life = deposit.deadline - deposit.createdAt;
  if (life > deadlineSeconds + deadlineSlackSeconds || life < deadlineSeconds - deadlineSlackSeconds) return 'another deadline';
  // Last, because it is the costly one and a scan judges whatever anybody made.
  if (depositAddress({ program, operator, repositoryId: deposit.repositoryId, issueId: deposit.issueId, funder: deposit.funder, nonce: deposit.nonce }).address !== address) return 'another address';
  return undefined;
}
