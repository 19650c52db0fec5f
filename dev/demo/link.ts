import { randomBytes } from 'node:crypto';
import { decodeIdentity, parseAddress, signerFromSeed, signTransaction, terms, type Address } from '@doubloon/escrow';
import { instant } from './clock.ts';
import { signIn } from './session.ts';
import type { Teller } from './teller.ts';
import { until } from './until.ts';

/** Who linked which wallet, and from when on payouts go there. */
export interface Linked {
  readonly login: string;
  readonly githubId: string;
  readonly wallet: Address;
  /** Unix seconds of the chain's clock. */
  readonly coolAt: bigint;
}

/** A contributor signs in through GitHub's page and links a wallet, as a browser would. */
export async function linkWallet({ stack, tell }: Teller, login: string, why: string): Promise<Linked> {
  const { webUrl, chain, localnet } = stack;
  const session = await signIn(stack, login);
  tell(`${login}, ${why}, signs in at ${webUrl}/link through GitHub, which tells the numeric id:`, `GitHub user id ${session.githubId}`);

  const wallet = signerFromSeed(randomBytes(32));
  await localnet.faucet.airdrop(wallet.address, 1_000_000_000n);
  const wish = { step: 'link', user: session.githubId };
  const { transaction, terms: shown } = await session.post<{ transaction: string; terms: { account: string; attestor: string } }>('/link/prepare', { ...wish, wallet: wallet.address });
  const signed = signTransaction(Buffer.from(transaction, 'base64'), [wallet]);
  const { signature } = await session.post<{ signature: string }>('/link/submit', { ...wish, transaction: Buffer.from(signed).toString('base64') });
  const account = parseAddress(shown.account);
  const identity = await until('the identity in finalized state', async () => {
    const found = await chain.account(account, 'finalized');
    return found && decodeIdentity(found.data);
  });
  if (identity.wallet !== wallet.address || identity.githubId !== session.githubId) throw new Error('the link on chain is not the one that was signed');
  const coolAt = identity.linkedAt + terms.coolDownSeconds;
  tell('The wallet and the attestor sign one transaction, and the link stands on chain, cooling down for 72 hours:', [
    `signature ${signature}`, `identity  ${account}`, `user      ${identity.githubId}`, `wallet    ${identity.wallet}`, `attestor  ${shown.attestor}`, `cool at   ${instant(coolAt)}`,
  ]);
  return { login, githubId: session.githubId, wallet: wallet.address, coolAt };
}
