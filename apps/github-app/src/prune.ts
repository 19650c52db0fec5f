import type { Pool } from 'pg';
import { pruneInbox } from '@doubloon/postgres';
import type { Logger } from '@doubloon/service';
import { pruneIntents } from './issues/intent.ts';
import { pruneMissed } from './sweep/missed-delivery-row.ts';
import { startRounds } from './rounds.ts';

const everyMs = 60_000;

/** Forgets from time to time what was done longer than `keptMs` ago, so that no table grows for ever. */
export const startPruning = ({ pool, keptMs, now, log }: { pool: Pool; keptMs: number; now: () => Date; log: Logger }): AsyncDisposable =>
  startRounds(everyMs, () => prune(pool, new Date(now().getTime() - keptMs)).catch((err: unknown) => { log.warn({ err }, 'pruning failed'); }));

/** Deletes what was done before `olderThan`, in small steps. What waits, or is dead, stays. */
export async function prune(pool: Pool, olderThan: Date): Promise<void> {
  await pruneInbox(pool, olderThan);
  await pruneIntents(pool, olderThan);
  await pruneMissed(pool, olderThan);
}
