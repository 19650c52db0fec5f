import { expireSubmission, type OfferId } from '@doubloon/domain';
import { inTransaction } from '@doubloon/postgres';
import { changeOffer } from '../offers/change-offer.ts';
import { offerById } from '../offers/offer-row.ts';
import type { Due, SendingContext } from './sender.ts';

const settle = "update submission set state = $2, problem = $3 where signature = $1 and state in ('recorded', 'sent', 'confirmed', 'finalized')";

/** Ends a submission that can no longer land, or failed: its offer is free again, or ends as was asked meanwhile. */
export async function endSubmission({ pool, now, log }: SendingContext, row: Due, { state, reason }: { state: 'expired' | 'failed'; reason: string }): Promise<void> {
  const known = await offerById(pool, row.offer_id);
  if (known === undefined) return;
  await inTransaction(pool, async (db) => {
    // Of two processes that see the end, one tells of it. When another deposit has funded the offer, nothing is left to tell.
    await changeOffer(db, known, { details: { funder: row.wallet, deposit: row.deposit, reason } }, async (bounty) => {
      const { rowCount } = await db.query(settle, [row.signature, state, reason]);
      return rowCount === 0 ? [] : expireSubmission(bounty, { offer: known.id as OfferId, signature: row.signature, at: now() });
    });
  });
  log.info({ offerId: row.offer_id, signature: row.signature, state, reason }, 'transaction will not land');
}
