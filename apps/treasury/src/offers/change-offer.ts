import type { PoolClient } from 'pg';
import { fold, type Bounty, type BountyEvent, type Deposit, type DepositEvent, type Offer, type OfferId } from '@doubloon/domain';
import { DoubloonError } from '@doubloon/errors';
import { lockBounty, tell, type BountyKey } from './bounty-lock.ts';
import { depositOf, depositsOfOffer, type DepositRow } from '../deposits/deposit-row.ts';
import { wholeDeposit, type Settlements } from '../deposits/settlement.ts';
import { bountyOf, hasLiveSubmission, offerById, type Ending, type OfferRow } from './offer-row.ts';

/** What an event tells beside what the offer knows. */
export interface Details {
  readonly funder?: string;
  readonly deposit?: string;
  /** RFC 3339. */
  readonly deadline?: string;
  readonly signature?: string;
  readonly reason?: string;
  /** The deposit that the event is about, as it is after it. */
  readonly of?: Deposit | undefined;
  /** By which transactions money of that left, where one of ours did it. */
  readonly settlements?: Settlements;
}

const write = 'update offer set state = $2, ending = $3, replaced_by = $4 where id = $1';

/**
 * Changes one offer by a decision of the domain, under the lock of its bounty: what was decided becomes the offer's row and
 * the events that tell of it. Answers the events, and the row as it is then. OFFER_ABSENT, and whatever the decision throws.
 */
export async function changeOffer(
  db: PoolClient,
  known: OfferRow,
  { ending, details = {} }: { ending?: Ending; details?: Details },
  decide: (bounty: Bounty, offer: OfferRow) => readonly BountyEvent[] | Promise<readonly BountyEvent[]>,
): Promise<{ offer: OfferRow; events: readonly BountyEvent[] }> {
  await lockBounty(db, bountyOf(known));
  const row = await existingOffer(db, known.id);
  const before = await readBounty(db, row);
  const events = await decide(before, row);
  if (events.length === 0) return { offer: row, events };

  const folded = fold(events, before);
  const after = folded.offers.get(row.id as OfferId);
  const replacedBy = after?.replacedBy ?? after?.asked?.replacedBy ?? null;
  const isWished = after?.asked !== undefined || after?.state === 'withdrawn' || after?.state === 'replaced';
  await db.query(write, [row.id, after?.state, isWished ? (ending ?? row.ending) : null, replacedBy]);
  const offer = await existingOffer(db, row.id);
  for (const event of events) await publish(db, offer, event, { ...details, ...('deposit' in event ? { of: folded.deposits.get(event.deposit) } : {}) });
  return { offer, events };
}

/** OFFER_ABSENT when there is none of that id. */
export async function existingOffer(db: Parameters<typeof offerById>[0], offerId: string): Promise<OfferRow> {
  const offer = await offerById(db, offerId);
  if (offer === undefined) throw new DoubloonError('OFFER_ABSENT', { offerId });
  return offer;
}

/** One offer with the deposits that were made for it, as the domain sees them. */
export async function readBounty(db: PoolClient, row: OfferRow): Promise<Bounty> {
  return bountyIn(row, await depositsOfOffer(db, row.id));
}

/** The same from what was read already. */
export function bountyIn(row: OfferRow, rows: readonly DepositRow[] = []): Bounty {
  const id = row.id as OfferId;
  const replacedBy = row.replaced_by === null ? {} : { replacedBy: row.replaced_by as OfferId };
  const offer: Offer = {
    id, key: row.id, denom: row.denom, amount: BigInt(row.amount), offeredAt: row.offered_at, expiresAt: row.expires_at, state: row.state,
    ...(row.state === 'submitted' && hasLiveSubmission(row) ? { submission: row.signature ?? '' } : {}),
    ...(row.state === 'submitted' && row.ending !== null ? { asked: replacedBy } : {}),
    ...(row.state === 'replaced' ? replacedBy : {}),
  };
  return {
    offers: new Map([[id, offer]]),
    deposits: new Map(rows.map((one) => [one.address, depositOf(one)])),
  };
}

/** Writes the event that tells of what was decided; `offer` is the row as it is after it. */
export async function publish(db: PoolClient, offer: OfferRow, event: BountyEvent, { funder = '', deposit = '', deadline = '', signature, reason, of, settlements }: Details): Promise<void> {
  const { id: offerId, denom, amount, ending, opened } = offer;
  const [bounty, time, data] = [bountyOf(offer), event.at, { offerId, denom, amount }];
  const ofOpening = { id: `${offerId}:${event.type}:${String(opened)}`, time };
  const because = ending === null ? {} : { reason: ending };
  switch (event.type) {
    case 'offered': return tell(db, bounty, 'offered', { ...ofOpening, data });
    case 'offer-expired': return tell(db, bounty, 'offer-expired', { ...ofOpening, data });
    case 'withdrawn': return tell(db, bounty, 'withdrawn', { ...ofOpening, data: { ...data, ...because } });
    case 'replaced': return tell(db, bounty, 'replaced', { ...ofOpening, data: { ...data, ...because, replacedBy: event.replacedBy } });
    case 'submitted': return tell(db, bounty, 'submitted', { id: `${event.signature}:submitted`, time, data: { ...data, signature: event.signature, funder, deposit, deadline } });
    case 'submission-expired':
      return tell(db, bounty, 'submission-expired', { id: `${event.signature}:submission-expired`, time, data: { ...data, signature: event.signature, funder, deposit, ...(reason === undefined ? {} : { reason }) } });
    case 'funded':
      return tell(db, bounty, 'funded', { id: `${event.deposit}:funded`, time, data: { ...data, deposit: event.deposit, funder: event.funder, deadline, ...(signature === undefined ? {} : { signature }) } });
    case 'awarded': case 'vetoed': case 'paid': case 'refunded': case 'cancelled': case 'closed':
      return of && publishOfDeposit(db, bounty, event, { deposit: of, offerId, settlements });
    // A wish stays inside the house.
    case 'withdrawal-asked': return undefined;
  }
}

/** Each change of the account has a number, which makes the id of its event. */
async function publishOfDeposit(db: PoolClient, bounty: BountyKey, event: DepositEvent, { deposit: { address, funder, denom, amount, award }, offerId, settlements }: { deposit: Deposit; offerId: string; settlements: Settlements | undefined }): Promise<void> {
  const by = (place: number) => {
    const one = settlements?.get(place);
    return one === undefined ? {} : { signature: one.signature };
  };
  const [time, data] = [event.at, { offerId, denom, amount: String(amount), deposit: address, funder }];
  const id = `${address}:${event.type === 'vetoed' ? event.reason : event.type}:${String(event.sequence)}`;
  switch (event.type) {
    case 'awarded': {
      const { shares, by: deciders, finalAt } = event.award;
      return tell(db, bounty, 'awarded', { id, time, data: { ...data, shares: shares.map((one) => ({ githubId: one.githubId, bps: one.bps, amount: String(one.amount) })), by: [...deciders], finalAt: finalAt.toISOString() } });
    }
    case 'vetoed': return tell(db, bounty, 'vetoed', { id, time, data: { ...data, reason: event.reason } });
    case 'cancelled': return tell(db, bounty, 'cancelled', { id, time, data: { ...data, ...by(wholeDeposit) } });
    case 'closed': return tell(db, bounty, 'closed', { id, time, data });
    case 'paid': case 'refunded': {
      const { share } = event;
      const one = share === undefined ? undefined : award?.shares[share];
      if (share === undefined || one === undefined) return event.type === 'refunded' ? tell(db, bounty, 'refunded', { id: `${address}:refunded`, time, data: { ...data, ...by(wholeDeposit) } }) : undefined;
      return tell(db, bounty, event.type, { id: `${address}:${event.type}:share-${String(share)}`, time, data: { ...data, amount: String(one.amount), share, githubId: one.githubId, ...by(share) } });
    }
  }
}
