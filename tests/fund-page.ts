import { compileTransaction, memo, parseTransaction, signTransaction, type Signer } from '@doubloon/escrow';
import type { Locator, Page } from 'playwright-core';
import { toInstruction, withOneBitTurned } from './edited.ts';
import { hydrated, newOffer, openPage, type Site } from './site.ts';
import { installWallet, type Manner, type TestWallet } from './test-wallet.ts';

const lamportsPerSol = 1_000_000_000n;

/** A page with a wallet that has `sol` SOL, connected and ready to sign a new offer. */
export async function connected(site: Site, { sol = 5n, options = {} } = {}): Promise<{ page: Page; wallet: TestWallet; url: string; offerId: string }> {
  const offer = await newOffer(site);
  const page = await openPage(site, options);
  const wallet = await installWallet(page);
  if (sol > 0n) await site.stack.localnet.faucet.airdrop(wallet.signer.address, sol * lamportsPerSol);
  await page.goto(offer.url);
  await connect(page, wallet.name);
  return { page, wallet, ...offer };
}

export async function connect(page: Page, name: string): Promise<void> {
  await hydrated(page);
  await page.getByRole('button', { name: 'Connect a wallet' }).click();
  await page.getByRole('button', { name }).click();
  await page.getByText('Paying from').waitFor();
}

export const sign = (page: Page): Locator => page.getByRole('button', { name: /^Sign 0\.5 SOL/ });
export const heading = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('heading', { name }).waitFor();
export const depositsOf = async ({ stack }: Site, offerId: string): Promise<number> => {
  const reply = await fetch(`${stack.webUrl}/fund/${offerId}/state`);
  return ((await reply.json()) as { deposit?: unknown }).deposit === undefined ? 0 : 1;
};

/** A wallet that puts an instruction of its own behind ours, as wallets do with their guards, and signs the whole. */
export const withMemoBehind = (signer: Signer): Manner => (transaction) => {
  const { blockhash, instructions, payer } = parseTransaction(transaction);
  const all = [...instructions.map(toInstruction), memo('added by the wallet')];
  return signTransaction(compileTransaction({ payer, blockhash, instructions: all }), [signer]);
};

/** The same transaction with one bit of the amount turned. */
export const withOtherAmount = (transaction: Uint8Array): Uint8Array => withOneBitTurned(transaction, 27);
