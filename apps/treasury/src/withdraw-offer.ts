import { DoubloonError } from '@doubloon/errors';
import { inTransaction } from '@doubloon/postgres';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import { lockBounty } from './bounty-lock.ts';
import { endOffer } from './end-offer.ts';
import { bountyOf, hasLiveSubmission, offerById, type Ending, type OfferRow } from './offer-row.ts';
import { offerView } from './offer-view.ts';
import type { Treasury } from './treasury.ts';

const endings: readonly Ending[] = ['edited', 'deleted', 'cancelled'];
const wish = 'update offer set ending = $2, replaced_by = $3 where id = $1';

/**
 * Withdraws an offer that nobody has funded, or lets another stand in its place. While a signed transaction of it is alive
 * the wish is kept: it comes true when that can no longer land, and is dropped when it lands. OFFER_ABSENT, REQUEST_INVALID.
 */
export async function withdrawOffer({ pool, webUrl, now, wake }: Treasury, { offerId, replacedBy, reason }: treasury.WithdrawOfferRequest): Promise<MessageInitShape<typeof treasury.WithdrawOfferResponseSchema>> {
  const ending = endings.find((one) => one === reason);
  if (ending === undefined) throw new DoubloonError('REQUEST_INVALID', { problem: `reason is none of ${endings.join(', ')}` });
  if (replacedBy === offerId) throw new DoubloonError('REQUEST_INVALID', { problem: 'an offer can’t stand in its own place' });
  const known = await existing(pool, offerId);
  if (replacedBy !== '') await existing(pool, replacedBy);

  const answer = await inTransaction(pool, async (db) => {
    await lockBounty(db, bountyOf(known));
    const offer = await existing(db, offerId);
    const pending = hasLiveSubmission(offer) && offer.state === 'submitted';
    // One that has ended stays as it ended; a text that changes after that is remembered, should it change back.
    const isOpen = offer.state === 'offered' || pending;
    if (isOpen || (offer.state === 'expired' && ending === 'edited')) await db.query(wish, [offerId, ending, replacedBy === '' ? null : replacedBy]);
    if (isOpen && !pending) await endOffer(db, await existing(db, offerId), now());
    return { offer: offerView(await existing(db, offerId), webUrl), pending };
  });
  if (answer.pending) wake.sender();
  return answer;
}

async function existing(db: Parameters<typeof offerById>[0], offerId: string): Promise<OfferRow> {
  const offer = await offerById(db, offerId);
  if (offer === undefined) throw new DoubloonError('OFFER_ABSENT', { offerId });
  return offer;
}
