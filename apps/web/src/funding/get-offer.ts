import type { TreasuryClient } from '@doubloon/rpc';
import type { OfferView, TermsView } from './offer-view.ts';
import { toOfferView, toTermsView } from './to-view.ts';

/** The offer as the treasury sees it now, and the terms of funding it. OFFER_ABSENT, or what the way to the treasury throws. */
export async function getOffer(treasury: TreasuryClient, offerId: string): Promise<{ offer: OfferView; terms: TermsView | undefined }> {
  const { offer, terms } = await treasury.getOffer({ offerId });
  if (offer === undefined) throw new Error('the treasury answered without an offer');
  return { offer: toOfferView(offer), terms: terms && toTermsView(terms) };
}
