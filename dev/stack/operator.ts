import { compileTransaction, createOperator, localProgram, operatorAddress, signerFromSeed, signTransaction, type Address } from '@doubloon/escrow';
import type { Chain } from '@doubloon/escrow/chain';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Makes the operator account of a new instance on a local chain: its admin, relayer and attestor are keys of this run.
 * Answers the account's address once it stands in confirmed state.
 */
export async function makeOperator(chain: Chain, airdrop: (address: Address, lamports: bigint) => Promise<unknown>, host: string): Promise<Address> {
  const [admin, relayer, attestor] = [0, 1, 2].map(() => signerFromSeed(randomBytes(32)));
  if (admin === undefined || relayer === undefined || attestor === undefined) throw new Error('three keys were made');
  await airdrop(admin.address, 1_000_000_000n);
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
