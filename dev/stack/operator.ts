import { addressBytes, compileTransaction, createOperator, localProgram, operatorAddress, signerFromSeed, signTransaction, type Address } from '@doubloon/escrow';
import type { Chain } from '@doubloon/escrow/chain';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the relayer of a local chain starts with, for its fees and the token accounts that it opens. */
const relayerLamports = 1_000_000_000n;

/**
 * Makes the operator account of a new instance on a local chain: its admin, its attestor and its relayer, which gets some
 * money, are keys of this run unless they are given. Answers the account's address once it stands in finalized state.
 */
export async function makeOperator(chain: Chain, airdrop: (address: Address, lamports: bigint) => Promise<unknown>, host: string, attestorSeed = randomBytes(32), relayerSeed = randomBytes(32), adminSeed = randomBytes(32)): Promise<Address> {
  const [admin, relayer, attestor] = [signerFromSeed(adminSeed), signerFromSeed(relayerSeed), signerFromSeed(attestorSeed)];
  await Promise.all([airdrop(admin.address, 1_000_000_000n), airdrop(relayer.address, relayerLamports)]);
  const instruction = createOperator({ program: localProgram, admin: admin.address, host, relayer: relayer.address, attestor: attestor.address });
  const { blockhash } = await chain.latestBlockhash();
  await chain.send(signTransaction(compileTransaction({ payer: admin.address, blockhash, instructions: [instruction] }), [admin]));

  const { address } = operatorAddress({ program: localProgram, firstAdmin: admin.address });
  const end = Date.now() + 20_000;
  while ((await chain.account(address, 'finalized')) === undefined) {
    if (Date.now() > end) throw new Error('the operator account did not appear on the local chain');
    await sleep(50);
  }
  return address;
}

/** The key of a seed as Solana's tools keep it: a JSON array of 64 numbers. */
export const keyFileOf = (seed: Uint8Array): string => JSON.stringify([...seed, ...addressBytes(signerFromSeed(seed).address)]);
