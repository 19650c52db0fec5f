import { getOffer } from '../../../funding/get-offer.ts';
import { readOfferId } from '../../../request.ts';
import { burnerAllowed } from '../../../wallets/burner-allowed.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals: { app } }) => {
  const { offer, terms } = await getOffer(app.treasury, readOfferId(params.offer));
  const burner = burnerAllowed(terms?.genesisHash ?? '', app.config.devWallet);
  return { offer, terms, burner, faucet: burner && app.config.faucetUrl !== undefined };
};
