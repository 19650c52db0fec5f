import type { Pool } from 'pg';
import { DoubloonError } from '@doubloon/errors';
import type { Address } from '@doubloon/escrow';
import type { Chain, FinalState } from '@doubloon/escrow/chain';

const pin = 'insert into cluster (genesis_hash, pinned_at) values ($1, $2) on conflict (one) do nothing';
const pinned = 'select genesis_hash from cluster';

/** GENESIS_MISMATCH when the database is tied to another chain than the one that was found. */
export async function checkCluster(pool: Pool, found: string): Promise<void> {
  const { rows } = await pool.query<{ genesis_hash: string }>(pinned);
  const known = rows[0]?.genesis_hash ?? found;
  if (known !== found) throw new DoubloonError('GENESIS_MISMATCH', { pinned: known, found });
}

/** Ties the database to the chain for good, unless it is tied already. GENESIS_MISMATCH when another was quicker with another chain. */
export async function pinCluster(pool: Pool, found: string, now: () => Date): Promise<void> {
  await pool.query(pin, [found, now()]);
  await checkCluster(pool, found);
}

interface Pinned {
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
