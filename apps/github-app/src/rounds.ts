import { setTimeout as sleep } from 'node:timers/promises';

/** Runs `round` now, and again `everyMs` after each end, until disposed: then `signal` aborts and the round under way is waited for. `round` must not reject. */
export function startRounds(everyMs: number, round: (signal: AbortSignal) => Promise<void>): AsyncDisposable {
  const stop = new AbortController();
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await round(stop.signal);
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
