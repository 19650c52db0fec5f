import type { ClientBase, Pool } from 'pg';
import type { BountyKey } from './bounty-lock.ts';

const now = 'select repository_id as "repositoryId", issue_id as "issueId" from place_now($1, $2)';

/** The ids that an issue has now, by any that it has or had: an issue that is transferred gets others. */
export async function placeNow(db: ClientBase | Pool, key: BountyKey): Promise<BountyKey> {
  return (await db.query<BountyKey>(now, [key.repositoryId, key.issueId])).rows[0] ?? key;
}
