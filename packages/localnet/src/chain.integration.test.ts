import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, PublicKey } from '@solana/web3.js';
import { localProgram, parseAddress } from '@doubloon/escrow';
import { chainContract } from '@doubloon/escrow/testing';
import { openChain } from '@doubloon/escrow/chain';
import { startLocalnet } from './index.ts';

chainContract('localnet', async () => {
  const localnet = await startLocalnet({ slotMs: 20 });
  const chain = openChain(localnet);
  return { chain, program: localnet.program, airdrop: localnet.faucet.airdrop, [Symbol.asyncDispose]: async () => {
    await chain[Symbol.asyncDispose]();
    await localnet.close();
  } };
});

// Any other validator with the program on it and a faucet, named by the same variables that a deployment uses.
const rpcUrl = process.env['SOLANA_RPC_URL'];
if (rpcUrl !== undefined) {
  chainContract(rpcUrl, () => {
    const chain = openChain({ rpcUrl });
    const connection = new Connection(rpcUrl, 'confirmed');
    return Promise.resolve({
      chain,
      program: parseAddress(process.env['SOLANA_PROGRAM'] ?? localProgram),
      async airdrop(address, lamports) {
        const signature = await connection.requestAirdrop(new PublicKey(address), Number(lamports));
        for (let found; found === undefined || found.commitment === 'processed'; await sleep(100)) [found] = await chain.signatureStatuses([signature]);
      },
      [Symbol.asyncDispose]: () => chain[Symbol.asyncDispose](),
    });
  });
}
