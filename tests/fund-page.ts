import { compileTransaction, memo, parseTransaction, signTransaction, type Address, type Instruction, type ParsedInstruction, type Signer } from '@doubloon/escrow';
import type { Locator, Page } from 'playwright-core';
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
  const all = [...instructions.map((one) => toInstruction(one, one.data)), memo('added by the wallet')];
  return signTransaction(compileTransaction({ payer, blockhash, instructions: all }), [signer]);
};

/** The same wish with another account as payer and funder, signed by it. */
export const byAnotherAccount = (shown: Signer, other: Signer): Manner => (transaction) => {
  const { blockhash, instructions } = parseTransaction(transaction);
  const changed = instructions.map((one) => {
    const instruction = toInstruction(one, one.data);
    return { ...instruction, accounts: instruction.accounts.map((account) => (account.address === shown.address ? { ...account, address: other.address } : account)) };
  });
  return signTransaction(compileTransaction({ payer: other.address, blockhash, instructions: changed }), [other]);
};

/** The same transaction with one bit of the amount turned. */
export function withOtherAmount(transaction: Uint8Array): Uint8Array {
  const { payer, blockhash, instructions } = parseTransaction(transaction);
  const amountAt = 27;
  const changed = instructions.map((one) => toInstruction(one, one.data.length > 40 ? Uint8Array.from(one.data, (byte, at) => (at === amountAt ? byte ^ 1 : byte)) : one.data));
  return compileTransaction({ payer, blockhash, instructions: changed });
}

/** The same transaction with another address wherever `from` stands. */
export function withOther(transaction: Uint8Array, from: Address, to: Address): Uint8Array {
  const { payer, blockhash, instructions } = parseTransaction(transaction);
  const changed = instructions.map((one) => {
    const instruction = toInstruction(one, one.data);
    return { ...instruction, accounts: instruction.accounts.map((account) => (account.address === from ? { ...account, address: to } : account)) };
  });
  return compileTransaction({ payer, blockhash, instructions: changed });
}

const toInstruction = ({ program, accounts }: ParsedInstruction, data: Uint8Array): Instruction => ({
  program,
  accounts: accounts.map(({ address, signer, writable }) => ({ address: address ?? program, signer, writable })),
  data,
});
