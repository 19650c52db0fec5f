import { readOfferId } from '../../../funding/request.ts';
import { toOfferView, toTermsView } from '../../../funding/to-view.ts';
import { burnerAllowed } from '../../../wallets/burner-allowed.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals: { app } }) => {
  const { offer, terms } = await app.treasury.getOffer({ offerId: readOfferId(params.offer) });
  const genesisHash = terms?.cluster?.genesisHash ?? '';
  const burner = burnerAllowed(genesisHash, app.config.devWallet);
  return {
    offer: toOfferView(offer),
    terms: terms && toTermsView(terms),
    burner,
    faucet: burner && app.config.faucetUrl !== undefined,
  };
};
