import { openPool } from '@doubloon/postgres';

/** The chain that the treasury's database is tied to; `undefined` before its first start, or when the database does not say. */
export async function pinnedGenesis(url: string | undefined): Promise<string | undefined> {
  if (url === undefined) return undefined;
  const pool = openPool({ url, name: 'doctor', max: 1, statementMs: 5_000 });
  try {
    const { rows } = await pool.query<{ genesis_hash: string }>('select genesis_hash from cluster');
    return rows[0]?.genesis_hash;
  } catch {
    // Told by the check of databases.
    return undefined;
  } finally {
    await pool.end();
  }
}
