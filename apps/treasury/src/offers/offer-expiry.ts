import { expireOffers as expire } from '@doubloon/domain';
import { failpoint } from '@doubloon/failpoints';
import { inTransaction } from '@doubloon/postgres';
import { changeOffer } from './change-offer.ts';
import { each } from '../each.ts';
import { offerById } from './offer-row.ts';
import type { Treasury } from '../treasury.ts';

const due = "select id from offer where state = 'offered' and expires_at <= $1 order by expires_at limit 500";

/** Ends the offers that nobody funded in time. One with a signed transaction on its way waits for that. */
export async function expireOffers({ pool, now, log }: Pick<Treasury, 'pool' | 'now' | 'log'>): Promise<void> {
  const at = now();
  const { rows } = await pool.query<{ id: string }>(due, [at]);
  await each(rows, async ({ id }) => {
    const known = await offerById(pool, id);
    if (known === undefined) return;
    failpoint('offer-due');
    const { events } = await inTransaction(pool, (db) => changeOffer(db, known, {}, (bounty) => expire(bounty, { at })));
    if (events.length > 0) log.info({ offerId: id }, 'offer expired unfunded');
  });
}
