import { formatAmount, whereabouts, type DepositState } from '@doubloon/domain';
import { treasury, type MessageInitShape } from '@doubloon/rpc';
import { depositOf, type DepositRow } from './deposit-row.ts';

const states: Record<DepositState, treasury.DepositState> = {
  held: treasury.DepositState.HELD,
  awarded: treasury.DepositState.AWARDED,
  paid: treasury.DepositState.PAID,
  refunded: treasury.DepositState.REFUNDED,
  cancelled: treasury.DepositState.CANCELLED,
  closed: treasury.DepositState.CLOSED,
};

/** How its money left escrow, in fewer words than its state. */
const ends: Record<DepositState, string> = { held: '', awarded: '', paid: 'paid', refunded: 'refunded', cancelled: 'refunded', closed: 'closed' };

/** A deposit as it crosses the border. */
export function depositView(row: DepositRow): MessageInitShape<typeof treasury.DepositSchema> {
  const { address, funder, denom, decimals, deadline, signature, slot } = row;
  const deposit = depositOf(row);
  const { award, amount } = deposit;
  const { held } = whereabouts(deposit);
  return {
    address, funder, money: { denom, amount: String(amount) }, text: formatAmount(amount, decimals), deadline: deadline.toISOString(), signature: signature ?? '', slot,
    withRelayer: row.with_relayer, approver: row.approver ?? '',
    state: states[deposit.state], end: ends[deposit.state], offerId: row.offer_id, createdSlot: row.created_slot, sequence: row.sequence, vetoed: row.vetoed, gone: row.gone,
    held: String(held), heldText: formatAmount(held, decimals),
    ...(award === undefined ? {} : { award: {
      shares: award.shares.map(({ githubId, bps, amount: part, settled }) => ({ githubId, bps, amount: String(part), text: formatAmount(part, decimals), settled: settled ?? '' })),
      by: [...award.by], awardedAt: award.awardedAt.toISOString(), finalAt: award.finalAt.toISOString(),
    } }),
  };
}
