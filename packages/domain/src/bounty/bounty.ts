import type { OfferId } from '../ids.ts';
import { evolveDeposit, isHeld, whereabouts, type Deposit, type DepositEvent } from './deposit.ts';

/** `funded` while any of its money is in escrow; then `paid` when any was earned, `closed` when nobody saw where it went, else `refunded`. */
export type OfferState = 'offered' | 'submitted' | 'funded' | 'replaced' | 'withdrawn' | 'expired' | 'refunded' | 'paid' | 'closed';

export interface Offer {
  readonly id: OfferId;
  /** Its identity in the text it was read from (`offerKey`). */
  readonly key: string;
  readonly denom: string;
  /** Base units. */
  readonly amount: bigint;
  readonly offeredAt: Date;
  /** When it ends unfunded. */
  readonly expiresAt: Date;
  readonly state: OfferState;
  /** The signed transaction that may still land; the offer is locked while there is one. */
  readonly submission?: string;
  /** What was asked for while the offer was locked. It happens when the transaction can no longer land. */
  readonly asked?: { readonly replacedBy?: OfferId };
  /** For `replaced`: the offer in its place. */
  readonly replacedBy?: OfferId;
}

/** All offers and deposits of one issue, each in the order in which they came. */
export interface Bounty {
  readonly offers: ReadonlyMap<OfferId, Offer>;
  readonly deposits: ReadonlyMap<string, Deposit>;
}

/** Named as on the topic `bounty`; `withdrawal-asked` stays inside the house. */
export type BountyEvent =
  | { readonly type: 'offered'; readonly offer: OfferId; readonly key: string; readonly denom: string; readonly amount: bigint; readonly at: Date; readonly expiresAt: Date }
  | { readonly type: 'withdrawal-asked'; readonly offer: OfferId; readonly replacedBy?: OfferId; readonly at: Date }
  | { readonly type: 'replaced'; readonly offer: OfferId; readonly replacedBy: OfferId; readonly at: Date }
  | { readonly type: 'withdrawn'; readonly offer: OfferId; readonly at: Date }
  | { readonly type: 'offer-expired'; readonly offer: OfferId; readonly at: Date }
  | { readonly type: 'submitted'; readonly offer: OfferId; readonly signature: string; readonly at: Date }
  | { readonly type: 'submission-expired'; readonly offer: OfferId; readonly signature: string; readonly at: Date }
  | { readonly type: 'funded'; readonly offer: OfferId; readonly deposit: string; readonly funder: string; readonly denom: string; readonly amount: bigint; readonly at: Date }
  | DepositEvent;

export const noBounty: Bounty = { offers: new Map(), deposits: new Map() };

/**
 * Folds one event into what was. It never throws: what is recorded has happened. Events of unknown offers change nothing.
 * An offer whose text stands there again is `offered` again under its id, later than before: what was deposited for it counts then.
 */
export function evolve(bounty: Bounty, event: BountyEvent): Bounty {
  switch (event.type) {
    case 'offered': {
      const { offer: id, key, denom, amount, at: offeredAt, expiresAt } = event;
      const known = bounty.offers.get(id);
      const isAgain = known !== undefined && hasEnded(known) && offeredAt > known.offeredAt;
      return known === undefined || isAgain ? withOffer(bounty, { id, key, denom, amount, offeredAt, expiresAt, state: stateByDeposits(bounty, id) }) : bounty;
    }
    case 'withdrawal-asked':
      return changed(bounty, event.offer, (offer) => ({ ...offer, asked: event.replacedBy === undefined ? {} : { replacedBy: event.replacedBy } }));
    case 'replaced':
      return ended(bounty, event.offer, { state: 'replaced', replacedBy: event.replacedBy });
    case 'withdrawn':
      return ended(bounty, event.offer, { state: 'withdrawn' });
    case 'offer-expired':
      return ended(bounty, event.offer, { state: 'expired' });
    case 'submitted':
      return changed(bounty, event.offer, (offer) => (isOpen(offer) ? { ...offer, state: 'submitted', submission: event.signature } : offer));
    case 'submission-expired':
      return changed(bounty, event.offer, (offer) => (offer.state === 'submitted' && offer.submission === event.signature ? { ...settled(offer), ...asked(offer), state: 'offered' } : offer));
    case 'funded':
      return funded(bounty, event);
    case 'awarded': case 'vetoed': case 'paid': case 'refunded': case 'cancelled': case 'closed':
      return watched(bounty, event);
  }
}

export const fold = (events: readonly BountyEvent[], from: Bounty = noBounty): Bounty => events.reduce(evolve, from);

/** Still without money, and not ended. */
export const isOpen = ({ state }: Offer): boolean => state === 'offered' || state === 'submitted';

/** Ended without money; its text may come back. */
const hasEnded = ({ state }: Offer): boolean => state === 'withdrawn' || state === 'replaced' || state === 'expired';

/** Whether money of it is promised to the issue. A deposit for an offer that was taken back before is shown, never counted. */
export const counts = (bounty: Bounty, deposit: Deposit): boolean => isHeld(deposit) && bounty.offers.get(deposit.offer)?.state === 'funded';

/** Base units per denom, in the order of first mention: in escrow, and offered but not funded. */
export function totals(bounty: Bounty): ReadonlyMap<string, { readonly funded: bigint; readonly offered: bigint }> {
  const sums = new Map<string, { funded: bigint; offered: bigint }>();
  const of = (denom: string): { funded: bigint; offered: bigint } => {
    const sum = sums.get(denom) ?? { funded: 0n, offered: 0n };
    sums.set(denom, sum);
    return sum;
  };
  for (const offer of bounty.offers.values()) if (isOpen(offer)) of(offer.denom).offered += offer.amount;
  for (const deposit of bounty.deposits.values()) if (counts(bounty, deposit)) of(deposit.denom).funded += whereabouts(deposit).held;
  return sums;
}

const withOffer = (bounty: Bounty, offer: Offer): Bounty => ({ ...bounty, offers: new Map(bounty.offers).set(offer.id, offer) });
const withDeposit = (bounty: Bounty, deposit: Deposit): Bounty => ({ ...bounty, deposits: new Map(bounty.deposits).set(deposit.address, deposit) });

function stateByDeposits({ deposits }: Bounty, id: OfferId): OfferState {
  const all = [...deposits.values()].filter(({ offer }) => offer === id);
  if (all.length === 0) return 'offered';
  if (all.some(isHeld)) return 'funded';
  return (['paid', 'closed'] as const).find((end) => all.some(({ state }) => state === end)) ?? 'refunded';
}

function changed(bounty: Bounty, id: OfferId, change: (offer: Offer) => Offer): Bounty {
  const offer = bounty.offers.get(id);
  return offer ? withOffer(bounty, change(offer)) : bounty;
}

/** Without what only a living transaction has. */
const settled = ({ submission: _submission, asked: _asked, ...offer }: Offer): Offer => offer;
const asked = (offer: Offer): Pick<Offer, 'asked'> => (offer.asked ? { asked: offer.asked } : {});

// Only what is without money can end: a late "withdrawn" never takes a deposit out of the totals.
function ended(bounty: Bounty, id: OfferId, end: { state: OfferState; replacedBy?: OfferId }): Bounty {
  return changed(bounty, id, (offer) => (isOpen(offer) ? { ...settled(offer), ...end } : offer));
}

function funded(bounty: Bounty, { offer, deposit, funder, denom, amount }: Extract<BountyEvent, { type: 'funded' }>): Bounty {
  if (bounty.deposits.has(deposit)) return bounty;
  const held = withDeposit(bounty, { address: deposit, offer, funder, denom, amount, state: 'held', sequence: 1n });
  return changed(held, offer, (one) => (one.state === 'withdrawn' || one.state === 'replaced' ? one : { ...settled(one), state: 'funded' }));
}

// An offer that was taken back stays so, whatever becomes of the money that was sent for it nevertheless.
function watched(bounty: Bounty, event: DepositEvent): Bounty {
  const deposit = bounty.deposits.get(event.deposit);
  if (deposit === undefined) return bounty;
  const after = withDeposit(bounty, evolveDeposit(deposit, event));
  return changed(after, deposit.offer, (offer) => (offer.state === 'funded' ? { ...offer, state: stateByDeposits(after, offer.id) } : offer));
}
