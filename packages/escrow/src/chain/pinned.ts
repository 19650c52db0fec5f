import { DoubloonError } from '@doubloon/errors';
import type { Address } from '../address.ts';
import type { Chain, FinalState } from './chain.ts';

/** A chain, and which one it has to be. */
export interface Pinned {
  readonly chain: Chain;
  readonly cluster: { readonly genesisHash: string };
}

/** GENESIS_MISMATCH when the node serves another chain now: it may have come back as another, or stand with others behind one address. */
export async function checkNode({ chain, cluster }: Pinned): Promise<void> {
  const found = await chain.genesisHash();
  if (found !== cluster.genesisHash) throw new DoubloonError('GENESIS_MISMATCH', { pinned: cluster.genesisHash, found });
}

/** Accounts in finalized state of our chain. The hash is asked for after them, so that it speaks for what was answered. */
export async function readFinal(context: Pinned, addresses: readonly Address[], from?: bigint): Promise<FinalState> {
  const state = await context.chain.finalState(addresses, from);
  await checkNode(context);
  return state;
}
