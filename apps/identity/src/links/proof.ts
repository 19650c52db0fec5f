import type { ClientBase, Pool } from 'pg';

const find = "select signature from link_submission where github_id = $1 and state = 'finalized' and ((step in ('link', 'change') and wallet = $2) or (step = 'settle-change' and other_wallet = $2)) order by place desc limit 1";

/** The newest transaction we know of in which this wallet signed to be the user's; `undefined` when it was made elsewhere, or is not known to have landed yet. */
export async function proofOf(db: Pool | ClientBase, githubId: string, wallet: string): Promise<string | undefined> {
  const { rows: [row] } = await db.query<{ signature: string }>(find, [githubId, wallet]);
  return row?.signature;
}
