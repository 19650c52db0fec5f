import type { Pool } from 'pg';
import { DoubloonError } from '@doubloon/errors';
import type { Chain } from '@doubloon/escrow/chain';

const pin = 'insert into cluster (genesis_hash, pinned_at) values ($1, $2) on conflict (one) do nothing';
const pinned = 'select genesis_hash from cluster';

/** Ties the database to the chain it first met; answers its genesis hash. GENESIS_MISMATCH when the node serves another. */
export async function pinCluster({ pool, chain, now }: { pool: Pool; chain: Chain; now: () => Date }): Promise<string> {
  const found = await chain.genesisHash();
  await pool.query(pin, [found, now()]);
  const { rows } = await pool.query<{ genesis_hash: string }>(pinned);
  const known = rows[0]?.genesis_hash ?? found;
  if (known !== found) throw new DoubloonError('GENESIS_MISMATCH', { pinned: known, found });
  return found;
}
