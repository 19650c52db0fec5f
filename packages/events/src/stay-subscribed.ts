import { setTimeout as sleep } from 'node:timers/promises';
import { retryPause } from './deliver.ts';
import type { EventLogLogger, Progress, Subscription } from './event-log.ts';

/** One membership of a group. Disposing it finishes the records under way, commits, and leaves. */
export interface Session extends AsyncDisposable {
  /** Resolves with the reason when the membership can't go on. */
  readonly lost: Promise<unknown>;
  progress(): readonly Progress[];
}

/** Joins, and joins again whenever the membership is lost. Rejects when the first joining fails. */
export async function staySubscribed(group: string, join: () => Promise<Session>, log: EventLogLogger): Promise<Subscription> {
  const closing = new AbortController();
  const closed = new Promise<undefined>((resolve) => closing.signal.addEventListener('abort', () => resolve(undefined), { once: true }));
  let session: Session | undefined = await join();

  const keep = async (): Promise<void> => {
    for (let failures = 0; !closing.signal.aborted; ) {
      if (session !== undefined) {
        failures = 0;
        const err = await Promise.race([session.lost, closed]);
        if (!closing.signal.aborted) log.warn({ err, group }, 'event log connection lost, joining again');
        await session[Symbol.asyncDispose]();
        session = undefined;
      }
      failures++;
      await sleep(retryPause(failures), undefined, { signal: closing.signal }).catch(() => undefined);
      if (closing.signal.aborted) return;
      const joining = join().catch((err: unknown) => {
        log.warn({ err, group, failures }, 'event log not reachable, it will be tried again');
        return undefined;
      });
      session = await Promise.race([joining, closed]);
      // Nobody waits for a log that is away only to leave it.
      if (closing.signal.aborted) void joining.then((late) => late?.[Symbol.asyncDispose]());
    }
  };

  const kept = keep();
  return {
    progress: () => session?.progress() ?? [],
    async [Symbol.asyncDispose]() {
      closing.abort();
      await kept;
    },
  };
}
