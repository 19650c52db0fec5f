import { getStanding, loginsOf } from '../../../deciding/get-bounty.ts';
import { readDeposit } from '../../../request.ts';
import { burnerAllowed } from '../../../wallets/burner-allowed.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, locals: { app } }) => {
  const standing = await getStanding(app.treasury, readDeposit(params.deposit));
  const logins = await loginsOf(app.identity, standing.deposit.award?.shares.map(({ githubId }) => githubId) ?? []);
  const burner = burnerAllowed(standing.genesisHash, app.config.devWallet);
  return { standing, logins, burner, faucet: burner && app.config.faucetUrl !== undefined };
};
