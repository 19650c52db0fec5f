import type { IdentityClient } from '@doubloon/rpc';
import type { WebApp } from '../app.ts';
import { burnerAllowed } from '../wallets/burner-allowed.ts';
import type { IdentityView } from './identity-view.ts';
import { toIdentityView } from './to-view.ts';

/** What is known of a user, by id or by the login of now. Rejects with GITHUB_USER_ABSENT, or with what the way to the identity service throws. */
export const getIdentity = async (identity: IdentityClient, user: { readonly githubId: string } | { readonly login: string }): Promise<IdentityView> =>
  toIdentityView(await identity.getIdentity(user));

/** The same, with what a page may offer to sign with. */
export async function getLinking({ identity: service, config }: WebApp, githubId: string): Promise<{ identity: IdentityView; burner: boolean; faucet: boolean }> {
  const identity = await getIdentity(service, { githubId });
  const burner = burnerAllowed(identity.genesisHash, config.devWallet);
  return { identity, burner, faucet: burner && config.faucetUrl !== undefined };
}
