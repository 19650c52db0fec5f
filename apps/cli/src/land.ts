import { setTimeout as sleep } from 'node:timers/promises';
import { compileTransaction, reasonOf, signTransaction, transactionSignature, type Instruction, type Signer } from '@doubloon/escrow';
import type { Chain } from '@doubloon/escrow/chain';
import { DoubloonError } from '@doubloon/errors';

const everyMs = 1_000;

/** Sends a transaction until it is final; answers its signature, which `sending` hears before anything is sent. `TRANSACTION_REFUSED` when the chain refuses it or did not take it in time: nothing happened then. */
export async function land(chain: Chain, instructions: readonly Instruction[], signers: readonly [Signer, ...Signer[]], sending: (signature: string) => void = () => undefined): Promise<string> {
  const { blockhash, lastValidBlockHeight } = await chain.latestBlockhash();
  const signed = signTransaction(compileTransaction({ payer: signers[0].address, blockhash, instructions }), signers);
  const signature = transactionSignature(signed);
  sending(signature);
  for (;;) {
    // The height before the status: what was not seen by then can no longer land.
    const height = await chain.blockHeight('finalized');
    const [status] = await chain.signatureStatuses([signature], { searchHistory: height > lastValidBlockHeight });
    if (status?.error !== undefined) throw new DoubloonError('TRANSACTION_REFUSED', { reason: 'chain', problem: reasonOf(status.error).message.replace(/\.$/, '') });
    if (status?.commitment === 'finalized') return signature;
    if (status === undefined && height > lastValidBlockHeight) throw new DoubloonError('TRANSACTION_REFUSED', { reason: 'expired', problem: 'the network did not take it in time; run the command again' });
    if (status === undefined) await chain.send(signed);
    await sleep(everyMs);
  }
}
