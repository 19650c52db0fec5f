import type { PoolClient } from 'pg';
import { fold, type Bounty, type BountyEvent, type Deposit, type Offer, type OfferId } from '@doubloon/domain';
import { DoubloonError } from '@doubloon/errors';
import { lockBounty, tell } from './bounty-lock.ts';
import { bountyOf, hasLiveSubmission, offerById, type Ending, type OfferRow } from './offer-row.ts';

interface DepositRow {
  readonly address: string;
  readonly funder: string;
  readonly amount: string;
  readonly state: Deposit['state'];
}

/** What an event tells beside what the offer knows. */
export interface Details {
  readonly funder?: string;
  readonly deposit?: string;
  /** RFC 3339. */
  readonly deadline?: string;
  readonly signature?: string;
  readonly reason?: string;
}

const depositsOf = 'select address, funder, amount, state from deposit where offer_id = $1 order by seen_at, address';
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

  const after = fold(events, before).offers.get(row.id as OfferId);
  const replacedBy = after?.replacedBy ?? after?.asked?.replacedBy ?? null;
  const isWished = after?.asked !== undefined || after?.state === 'withdrawn' || after?.state === 'replaced';
  await db.query(write, [row.id, after?.state, isWished ? (ending ?? row.ending) : null, replacedBy]);
  const offer = await existingOffer(db, row.id);
  for (const event of events) await publish(db, offer, event, details);
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
  return bountyIn(row, (await db.query<DepositRow>(depositsOf, [row.id])).rows);
}

/** The same from what was read already. */
export function bountyIn(row: OfferRow, deposits: readonly DepositRow[] = []): Bounty {
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
    deposits: new Map(deposits.map(({ address, funder, amount, state }) => [address, { address, offer: id, funder, denom: row.denom, amount: BigInt(amount), state }])),
  };
}

/** Writes the event that tells of what was decided; `offer` is the row as it is after it. */
export async function publish(db: PoolClient, offer: OfferRow, event: BountyEvent, { funder = '', deposit = '', deadline = '', signature, reason }: Details): Promise<void> {
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
    case 'refunded':
    case 'paid':
    case 'closed':
      return tell(db, bounty, event.type, { id: `${event.deposit}:${event.type}`, time, data: { ...data, deposit: event.deposit, funder } });
    // A wish stays inside the house.
    case 'withdrawal-asked': return undefined;
  }
}
