import { DoubloonError } from '@doubloon/errors';
import type { OfferId } from '../ids.ts';
import { isOpen, type Bounty, type BountyEvent, type Offer } from './bounty.ts';

/** An offer that nobody funds ends after 14 days. */
export const OFFER_LIFE_MS = 14 * 24 * 60 * 60 * 1000;

/** Opens an offer; nothing when its key is known already, so that a delivery may come twice. */
export function openOffer(bounty: Bounty, command: { offer: OfferId; key: string; denom: string; amount: bigint; at: Date }): BountyEvent[] {
  for (const { key } of bounty.offers.values()) if (key === command.key) return [];
  return [{ type: 'offered', ...command, expiresAt: new Date(command.at.getTime() + OFFER_LIFE_MS) }];
}

/** Takes an unfunded offer back. While a signed transaction of it is alive the wish is kept instead. Throws `OFFER_ABSENT`. */
export function withdrawOffer(bounty: Bounty, { offer: id, at }: { offer: OfferId; at: Date }): BountyEvent[] {
  return end(find(bounty, id), undefined, at);
}

/** As `withdrawOffer`, and points on to the offer in its place. */
export function replaceOffer(bounty: Bounty, { offer: id, replacedBy, at }: { offer: OfferId; replacedBy: OfferId; at: Date }): BountyEvent[] {
  return end(find(bounty, id), replacedBy, at);
}

/** Whether a wish for this offer has to wait for a signed transaction. */
export const isLocked = ({ state }: Offer): boolean => state === 'submitted';

/** Records a signed transaction. The same one again changes nothing. Throws `OFFER_ABSENT`, or `OFFER_NOT_OPEN` with the state. */
export function submitFunding(bounty: Bounty, { offer: id, signature, at }: { offer: OfferId; signature: string; at: Date }): BountyEvent[] {
  const offer = find(bounty, id);
  if (offer.submission === signature) return [];
  const state = isDue(offer, at) ? 'expired' : offer.state;
  if (state !== 'offered') throw new DoubloonError('OFFER_NOT_OPEN', { offerId: id, state });
  return [{ type: 'submitted', offer: id, signature, at }];
}

/** The transaction can no longer land: the offer is free again, or ends as was asked meanwhile. Throws `OFFER_ABSENT`. */
export function expireSubmission(bounty: Bounty, { offer: id, signature, at }: { offer: OfferId; signature: string; at: Date }): BountyEvent[] {
  const offer = find(bounty, id);
  if (offer.submission !== signature) return [];
  const freed: Offer = { ...offer, state: 'offered' };
  const wish = offer.asked && end(freed, offer.asked.replacedBy, at);
  return [{ type: 'submission-expired', offer: id, signature, at }, ...(wish ?? (isDue(freed, at) ? [expired(freed, at)] : []))];
}

/** The offers whose time is over. One with a living transaction waits for that. */
export const expireOffers = (bounty: Bounty, { at }: { at: Date }): BountyEvent[] => [...bounty.offers.values()].filter((offer) => isDue(offer, at)).map((offer) => expired(offer, at));

/**
 * Counts a deposit that was read from finalized state. The chain wins: it does so for an expired offer too, and again
 * when another wallet funds the same one. Nothing for a deposit that is known, or whose terms are not the offer's: that
 * is shown as unverified. Throws `OFFER_ABSENT`.
 */
export function fundOffer(bounty: Bounty, command: { offer: OfferId; deposit: string; funder: string; denom: string; amount: bigint; at: Date }): BountyEvent[] {
  const { denom, amount } = find(bounty, command.offer);
  if (bounty.deposits.has(command.deposit) || command.denom !== denom || command.amount !== amount) return [];
  return [{ type: 'funded', ...command }];
}

function find({ offers }: Bounty, id: OfferId): Offer {
  const offer = offers.get(id);
  if (!offer) throw new DoubloonError('OFFER_ABSENT', { offerId: id });
  return offer;
}

function end(offer: Offer, replacedBy: OfferId | undefined, at: Date): BountyEvent[] {
  if (!isOpen(offer)) return [];
  const to = replacedBy === undefined ? {} : { replacedBy };
  if (isLocked(offer)) return offer.asked && offer.asked.replacedBy === replacedBy ? [] : [{ type: 'withdrawal-asked', offer: offer.id, ...to, at }];
  return [replacedBy === undefined ? { type: 'withdrawn', offer: offer.id, at } : { type: 'replaced', offer: offer.id, replacedBy, at }];
}

const isDue = ({ state, expiresAt }: Offer, at: Date): boolean => state === 'offered' && expiresAt <= at;
const expired = ({ id }: Offer, at: Date): BountyEvent => ({ type: 'offer-expired', offer: id, at });
