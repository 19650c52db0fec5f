import { formatAmount, whereabouts, type Award, type DepositState } from '@doubloon/domain';
import { terms } from '@doubloon/escrow';
import { treasury, type MessageInitShape } from '@doubloon/rpc';
import { depositOf, type DepositRow } from './deposit-row.ts';
import { instant } from '../funding/terms.ts';
import type { Treasury } from '../treasury.ts';
import { waitsFor } from './waits-for.ts';

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

/** What a view needs beside the rows: nothing of it asks the chain. */
export type Showing = Pick<Treasury, 'webUrl' | 'relays'> & { readonly facts: Pick<Treasury['facts'], 'time'> };

/** A deposit as it crosses the border. */
export function depositView(row: DepositRow, showing: Showing): MessageInitShape<typeof treasury.DepositSchema> {
  const { address, funder, denom, decimals, deadline, signature, slot } = row;
  const deposit = depositOf(row);
  const { award, amount } = deposit;
  const { held } = whereabouts(deposit);
  return {
    address, funder, money: { denom, amount: String(amount) }, text: formatAmount(amount, decimals), deadline: deadline.toISOString(), signature: signature ?? '', slot,
    withRelayer: row.with_relayer, approver: row.approver ?? '',
    state: states[deposit.state], end: ends[deposit.state], endSignature: row.returned_by ?? '', offerId: row.offer_id, createdSlot: row.created_slot, sequence: row.sequence, vetoed: row.vetoed, gone: row.gone,
    held: String(held), heldText: formatAmount(held, decimals), refundUrl: `${showing.webUrl}/refund/${address}`,
    ...(award === undefined ? {} : { award: awardView(row, award, showing) }),
  };
}

function awardView(row: DepositRow, { shares, by, awardedAt, finalAt }: Award, { relays, facts }: Showing): MessageInitShape<typeof treasury.DepositAwardSchema> {
  const waiting = { finalAt, now: instant(facts.time()), relays };
  // Until the operator's account was read for it.
  const claimableUntil = row.claimable_until ?? new Date(finalAt.getTime() + Number(terms.claimSeconds) * 1000);
  return {
    shares: shares.map(({ githubId, bps, amount, settled }, place) => {
      const columns = row.shares[place];
      const share = { githubId, bps, amount: String(amount), text: formatAmount(amount, row.decimals), settled: settled ?? '', signature: columns?.signature ?? '', wallet: columns?.wallet ?? '' };
      if (settled !== undefined || columns === undefined || row.state !== 'awarded') return share;
      const { waitsFor: what, paysFrom } = waitsFor(columns, waiting);
      return { ...share, waitsFor: what, paysFrom: paysFrom?.toISOString() ?? '', claimableUntil: claimableUntil.toISOString() };
    }),
    by: [...by], awardedAt: awardedAt.toISOString(), finalAt: finalAt.toISOString(), final: finalAt <= waiting.now,
  };
}
