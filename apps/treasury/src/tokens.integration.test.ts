import { afterAll, beforeAll, expect, test } from 'vitest';
import { associatedTokenAddress, depositLayout, rentReserve, signTransaction, vaultAddress, localProgram, parseAddress } from '@doubloon/escrow';
import { treasury } from '@doubloon/rpc';
import { offered, offerRequest, openHome, openLocalChain, patient, repositoryId, startTreasury, stateOf, typesOf, type LocalChain } from '../testing/instance.ts';
import { tokenAccountBytes, tokenAccountIn } from './token-account.ts';

const { OfferState } = treasury;
const amount = 50_000_000n;
const tokenRequest = (change: { amount?: string } = {}) => offerRequest({ denom: 'usdc', amount: String(amount), ...change });

let local: LocalChain;
beforeAll(async () => { local = await openLocalChain(); });
afterAll(() => local[Symbol.asyncDispose]());

async function heldAt(address: string): Promise<bigint> {
  const account = await local.chain.account(parseAddress(address), 'confirmed');
  return (account && tokenAccountIn(account))?.amount ?? 0n;
}

test('from an offer of tokens to tokens in a vault of their own, and to the event that tells of it', async () => {
  const home = await openHome(local);
  const clients = await startTreasury(home);
  const wallet = await local.walletWithUsdc(amount + 1n);
  const mint = local.localnet.mints.usdc;
  const { offerId, issueId } = await offered(clients, tokenRequest());
  const built = await clients.web.buildFunding({ offerId, wallet: wallet.address });
  const rent = rentReserve(depositLayout.size, 0n) + rentReserve(tokenAccountBytes, 0n);
  expect(built.terms).toMatchObject({ mint, denomName: 'usdc', rent: String(rent) });
  expect(BigInt(built.totalLamports)).toBe(rent + BigInt(built.terms?.networkFee ?? 0));
  const before = (await local.chain.account(wallet.address, 'confirmed'))?.lamports ?? 0n;

  await clients.web.submitFunding({ offerId, transaction: signTransaction(built.transaction, [wallet]) });
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
  await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded']);
  expect((await home.events(issueId))[2]).toMatchObject({ data: { denom: 'usdc', amount: String(amount), deposit: built.deposit, funder: wallet.address } });
  expect((await clients.app.getBounty({ repositoryId, issueId })).totals).toMatchObject([{ denom: 'usdc', decimals: 6, funded: String(amount), fundedText: '50', offered: '0' }]);

  expect(await heldAt(vaultAddress({ program: localProgram, deposit: parseAddress(built.deposit) }).address)).toBe(amount);
  expect(await heldAt(associatedTokenAddress({ wallet: wallet.address, mint }).address)).toBe(1n);
  const after = (await local.chain.account(wallet.address, 'confirmed'))?.lamports ?? 0n;
  expect(before - after).toBe(BigInt(built.totalLamports));
});
