import type { PoolClient } from 'pg';
import { bountyOf, type OfferRow } from './offer-row.ts';
import { tell } from './bounty-lock.ts';

const set = 'update offer set state = $2 where id = $1';

/**
 * Ends an unfunded offer as was wished, or because its time is over, and tells of it. The caller holds the bounty's lock and
 * has made sure that no signed transaction of it is alive.
 */
export async function endOffer(db: PoolClient, offer: OfferRow, time: Date): Promise<void> {
  const { id: offerId, denom, amount, replaced_by: replacedBy, ending, opened } = offer;
  const [bounty, data] = [bountyOf(offer), { offerId, denom, amount }];
  const idOf = (name: string) => `${offerId}:${name}:${String(opened)}`;
  if (ending === null) {
    await db.query(set, [offerId, 'expired']);
    await tell(db, bounty, 'offer-expired', { id: idOf('offer-expired'), time, data });
  } else if (replacedBy !== null) {
    await db.query(set, [offerId, 'replaced']);
    await tell(db, bounty, 'replaced', { id: idOf('replaced'), time, data: { ...data, replacedBy, reason: ending } });
  } else {
    await db.query(set, [offerId, 'withdrawn']);
    await tell(db, bounty, 'withdrawn', { id: idOf('withdrawn'), time, data: { ...data, reason: ending } });
  }
}
