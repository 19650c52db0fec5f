import { isLocked, replaceOffer, withdrawOffer as takeBack, type OfferId } from '@doubloon/domain';
import { DoubloonError } from '@doubloon/errors';
import { inTransaction } from '@doubloon/postgres';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import { lockBounty } from './bounty-lock.ts';
import { bountyIn, changeOffer, existingOffer } from './change-offer.ts';
import { bountyOf, type Ending } from './offer-row.ts';
import { placeNow } from './place-now.ts';
import { showOffer } from './offer-view.ts';
import type { Treasury } from '../treasury.ts';

const endings: readonly Ending[] = ['edited', 'deleted', 'cancelled'];
const remember = "update offer set ending = 'edited' where id = $1 and state = 'expired'";

/**
 * Withdraws an offer that nobody has funded, or lets another stand in its place. While a signed transaction of it is alive
 * the wish is kept: it comes true when that can no longer land, and is dropped when it lands. OFFER_ABSENT, REQUEST_INVALID.
 */
export async function withdrawOffer(context: Treasury, { offerId, replacedBy, reason }: treasury.WithdrawOfferRequest): Promise<MessageInitShape<typeof treasury.WithdrawOfferResponseSchema>> {
  const { pool, now, wake } = context;
  const ending = endings.find((one) => one === reason);
  if (ending === undefined) throw new DoubloonError('REQUEST_INVALID', { problem: `reason is none of ${endings.join(', ')}` });
  if (replacedBy === offerId) throw new DoubloonError('REQUEST_INVALID', { problem: 'an offer can’t stand in its own place' });
  const known = await existingOffer(pool, offerId);
  const replacement = replacedBy === '' ? known : await existingOffer(pool, replacedBy);
  const [there, here] = await Promise.all([known, replacement].map((row) => placeNow(pool, bountyOf(row))));
  if (there?.repositoryId !== here?.repositoryId || there?.issueId !== here?.issueId) throw new DoubloonError('REQUEST_INVALID', { problem: 'an offer of another issue can’t stand in its place' });

  const id = offerId as OfferId;
  const { offer } = await inTransaction(pool, async (db) => {
    // Before anything is written: whoever opens it again meanwhile holds this lock and waits for nothing.
    await lockBounty(db, bountyOf(known));
    // A text that changes after its offer expired may change back: then it is opened again.
    if (ending === 'edited') await db.query(remember, [offerId]);
    return changeOffer(db, known, { ending }, (bounty) =>
      replacedBy === '' ? takeBack(bounty, { offer: id, at: now() }) : replaceOffer(bounty, { offer: id, replacedBy: replacedBy as OfferId, at: now() }));
  });
  const state = bountyIn(offer).offers.get(id);
  const pending = state !== undefined && isLocked(state);
  if (pending) wake.sender();
  return { offer: await showOffer(pool, offer, context), pending };
}
