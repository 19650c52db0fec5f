import { formatAmount, whereabouts, type DepositState } from '@doubloon/domain';
import { treasury, type MessageInitShape } from '@doubloon/rpc';
import { depositOf, type DepositRow } from './deposit-row.ts';

const states: Record<DepositState, treasury.DepositState> = {
  held: treasury.DepositState.HELD,
  awarded: treasury.DepositState.AWARDED,
  paid: treasury.DepositState.PAID,
  refunded: treasury.DepositState.REFUNDED,
  cancelled: treasury.DepositState.CANCELLED,
  ended: treasury.DepositState.ENDED,
};

/** A deposit as it crosses the border. */
export function depositView(row: DepositRow): MessageInitShape<typeof treasury.DepositSchema> {
  const { address, funder, denom, decimals, deadline, signature, slot } = row;
  const deposit = depositOf(row);
  const { award, amount } = deposit;
  const { held } = whereabouts(deposit);
  return {
    address, funder, money: { denom, amount: String(amount) }, text: formatAmount(amount, decimals), deadline: deadline.toISOString(), signature: signature ?? '', slot,
    withRelayer: row.with_relayer, approver: row.approver ?? '',
    state: states[deposit.state], offerId: row.offer_id, createdSlot: row.created_slot, sequence: row.sequence, vetoed: row.vetoed, closed: row.closed,
    held: String(held), heldText: formatAmount(held, decimals),
    ...(award === undefined ? {} : { award: {
      shares: award.shares.map(({ githubId, bps, amount: part, settled }) => ({ githubId, bps, amount: String(part), text: formatAmount(part, decimals), settled: settled ?? '' })),
      by: [...award.by], awardedAt: award.awardedAt.toISOString(), finalAt: award.finalAt.toISOString(),
    } }),
  };
}
