import { lawIsOff } from '@doubloon/failpoints';
import type { Dependency, Logger } from '@doubloon/service';

/** Work that is done again and again. Closing it finishes the round under way. */
export interface Rounds extends AsyncDisposable {
  /** Begins the next round now, or right after the one under way. */
  wake(): void;
}

/** For a test that breaks the fourth law: only what is woken looks. */
const neverMs = 2 ** 31 - 1;

/**
 * Runs `round` at once, then `everyMs` after its last end or as soon as it is woken. A round that fails is logged once per
 * outage and tried again; `health` tells what became of the last one.
 */
export function startRounds({ name, everyMs, round, log, health }: { name: string; everyMs: number; round: (signal: AbortSignal) => Promise<void>; log: Logger; health?: Dependency }): Rounds {
  const stop = new AbortController();
  let ring: (() => void) | undefined;
  let rung = false;
  let failing = false;

  const wait = async (): Promise<void> => {
    if (rung || stop.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, lawIsOff('level') ? neverMs : everyMs);
      ring = () => { clearTimeout(timer); resolve(); };
    });
    ring = undefined;
  };

  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      rung = false;
      try {
        await round(stop.signal);
        if (failing) log.info({ rounds: name }, 'works again');
        failing = false;
        health?.up();
      } catch (err) {
        if (!failing) log.warn({ rounds: name, err }, 'round failed, it is tried again');
        failing = true;
        health?.down((err as { code?: string }).code ?? 'failed');
      }
      await wait();
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
