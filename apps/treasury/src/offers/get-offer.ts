import { DoubloonError } from '@doubloon/errors';
import type { Denom, Denoms } from '@doubloon/domain';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import { offerById, type OfferRow } from './offer-row.ts';
import { showOffer } from './offer-view.ts';
import { costsOf } from './quote.ts';
import { shownTerms, standard } from '../funding/terms.ts';
import type { Treasury } from '../treasury.ts';

/** The denom as it was when the offer was opened: the allowlist may have moved on, the mint must not. */
export function denomOf({ denoms }: Denoms, { denom, mint, decimals }: OfferRow): Denom {
  const listed = denoms.find((one) => one.name === denom && one.mint === mint);
  return listed ?? { name: denom, mint, decimals, tokenProgram: null, issuer: '' };
}

/** The offer, and what somebody who funds it now agrees to. OFFER_ABSENT. */
export async function getOffer(context: Treasury, { offerId }: { offerId: string }): Promise<MessageInitShape<typeof treasury.GetOfferResponseSchema>> {
  const { pool, denoms, facts, cluster, program, operator } = context;
  const row = await offerById(pool, offerId);
  if (row === undefined) throw new DoubloonError('OFFER_ABSENT', { offerId });
  const known = facts.current();
  const terms = shownTerms({ cluster, program, operator }, { denom: denomOf(denoms, row), facts: known.program, deadline: known.time() + standard.deadlineSeconds, costs: costsOf(known, row.mint) });
  return { offer: await showOffer(pool, row, context), terms };
}
