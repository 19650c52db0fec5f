import type { Pool } from 'pg';
import { DoubloonError } from '@doubloon/errors';

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
