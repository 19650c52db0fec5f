import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { pruneInbox } from '@doubloon/postgres';
import type { Logger } from '@doubloon/service';
import { pruneIntents } from './intent.ts';

/** Deliveries are known again for this long: ten times as far back as GitHub's log of them goes. */
const keepMs = 30 * 86_400_000;
const everyMs = 3_600_000;

/** Forgets from time to time what was done long ago, so that no table grows for ever. */
export function startPruning({ pool, now, log }: { pool: Pool; now: () => Date; log: Logger }): AsyncDisposable {
  const stop = new AbortController();
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await prune(pool, now()).catch((err: unknown) => { log.warn({ err }, 'pruning failed'); });
      await sleep(everyMs, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

export async function prune(pool: Pool, now: Date): Promise<void> {
  const olderThan = new Date(now.getTime() - keepMs);
  await pruneInbox(pool, olderThan);
  await pruneIntents(pool, olderThan);
}
