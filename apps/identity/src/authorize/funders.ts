import type { Pool } from 'pg';
import { parseGitHubId, type GitHubId } from '@doubloon/domain';

// A wallet whose link is contested speaks for nobody until that is settled.
const find = "select wallet, github_id::text as id from identity where wallet = any ($1::text[]) and state in ('linked', 'changing')";

/** Which GitHub users wallets are linked to, by what was last read from finalized state. Wallets of nobody are not in it. */
export async function fundersOf(pool: Pool, wallets: readonly string[]): Promise<ReadonlyMap<string, readonly GitHubId[]>> {
  const { rows } = await pool.query<{ wallet: string; id: string }>(find, [wallets]);
  const found = new Map<string, GitHubId[]>();
  for (const { wallet, id: text } of rows) {
    const id = parseGitHubId(text);
    if (id !== undefined) found.set(wallet, [...(found.get(wallet) ?? []), id]);
  }
  return found;
}
