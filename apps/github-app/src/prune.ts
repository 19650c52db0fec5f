import type { Pool } from 'pg';
import { pruneInbox } from '@doubloon/postgres';
import type { Logger } from '@doubloon/service';
import { pruneIntents } from './issues/intent.ts';
import { pruneMissed } from './sweep/missed-delivery-row.ts';
import { startRounds } from './rounds.ts';

/** Deliveries are known again for this long: ten times as far back as GitHub's log of them goes. */
const keepMs = 30 * 86_400_000;
const everyMs = 3_600_000;

/** Forgets from time to time what was done long ago, so that no table grows for ever. */
export const startPruning = ({ pool, now, log }: { pool: Pool; now: () => Date; log: Logger }): AsyncDisposable =>
  startRounds(everyMs, () => prune(pool, now()).catch((err: unknown) => { log.warn({ err }, 'pruning failed'); }));

export async function prune(pool: Pool, now: Date): Promise<void> {
  const olderThan = new Date(now.getTime() - keepMs);
  await pruneInbox(pool, olderThan);
  await pruneIntents(pool, olderThan);
  await pruneMissed(pool, olderThan);
}
