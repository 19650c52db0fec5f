import { isDoubloonError } from '@doubloon/errors';
import { lawIsOff } from '@doubloon/failpoints';
import type { Dependency } from './health.ts';
import type { Logger } from './logger.ts';

/** Work that is done again and again. Closing it finishes the round under way. */
export interface Rounds extends AsyncDisposable {
  /** Begins the next round now, or right after the one under way. */
  wake(): void;
}

/** For a test that breaks the fourth law: only what is woken looks. */
const neverMs = 2 ** 31 - 1;

/** How much longer than usual it waits after failures in a row, and the longest that this makes it wait, in milliseconds. */
const mostPatience = 8;
const longestWaitMs = 15_000;

/** Milliseconds until the next round after so many failures in a row; what waits longer anyway stays as it is. */
export const pauseAfter = (failures: number, everyMs: number): number => Math.max(everyMs, Math.min(everyMs * Math.min(2 ** Math.max(failures - 1, 0), mostPatience), longestWaitMs));

/** What the neighbour asked to be left alone for, in milliseconds. */
export const askedFor = (error: unknown): number => (isDoubloonError(error, 'CHAIN_UNAVAILABLE') ? (error.facts.retryAfterMs ?? 0) : 0);

/**
 * Runs `round` at once, then `everyMs` after its last end or as soon as it is woken. A round that fails is logged once per
 * outage and tried again, the later the oftener it failed, and not before its neighbour asked for, whoever wakes it;
 * `health` tells what became of the last one, and `ended` hears of each: `good`, or the code of its failure.
 */
export function startRounds({ name, everyMs, round, log, health, ended }: {
  name: string; everyMs: number; round: (signal: AbortSignal) => Promise<void>; log: Logger; health?: Dependency; ended?: (outcome: string) => void;
}): Rounds {
  const stop = new AbortController();
  let ring: (() => void) | undefined;
  let rung = false;
  let failures = 0;

  const wait = async (ms: number, { isDeaf }: { isDeaf: boolean }): Promise<void> => {
    if ((rung && !isDeaf) || stop.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, lawIsOff('level') ? neverMs : ms);
      ring = () => {
        if (isDeaf && !stop.signal.aborted) return;
        clearTimeout(timer);
        resolve();
      };
    });
    ring = undefined;
  };

  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      rung = false;
      let askedMs = 0;
      try {
        await round(stop.signal);
        if (failures > 0) log.info({ rounds: name, failures }, 'works again');
        failures = 0;
        health?.up();
        ended?.('good');
      } catch (err) {
        const reason = (err as { code?: string }).code ?? 'failed';
        if (failures === 0) log.warn({ rounds: name, err }, 'round failed, it is tried again');
        failures += 1;
        askedMs = askedFor(err);
        health?.down(reason);
        ended?.(isDoubloonError(err) ? reason : 'failed');
      }
      if (askedMs > 0) await wait(askedMs, { isDeaf: true });
      else await wait(pauseAfter(failures, everyMs), { isDeaf: false });
    }
  };
  const running = run();

  const wake = () => { rung = true; ring?.(); };
  return {
    wake,
    async [Symbol.asyncDispose]() {
      stop.abort();
      wake();
      await running;
    },
  };
}
