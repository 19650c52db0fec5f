import type { Health } from '@doubloon/service';
import type { Measures } from '../measures.ts';
import { startRounds } from '../rounds.ts';
import { beginning, sweep, type Sweeping } from './sweep.ts';
import { lastGood } from './sweep-row.ts';

export interface Sweeper extends Omit<Sweeping, 'onDelivery'> {
  /** Milliseconds from the end of a round to the next. */
  readonly everyMs: number;
  readonly measures: Measures;
  readonly health: Health;
}

/** Sweeps the App's delivery log now and again until disposed. Told, not needed: what is delivered is taken without it. */
export function startSweeper({ everyMs, measures, health, ...sweeping }: Sweeper): AsyncDisposable {
  const { pool, appId, now } = sweeping;
  let [tried, good, held] = [now(), now(), now()];
  // As far as time goes: the last round, and the last that went well, here or in another process.
  health.consumer('sweep', () => [{ position: String(good.getTime()), end: String(tried.getTime()), since: good }], { needed: false });

  const place = beginning();
  return startRounds(everyMs, async (signal) => {
    if (now() < held) return;
    const begun = now();
    const { round, until } = await sweep({ ...sweeping, onDelivery: (what) => { measures.sweepDeliveries.inc({ what }); } }, signal, place);
    measures.sweepRounds.inc({ round });
    held = until ?? held;
    tried = begun;
    const elsewhere = round === 'elsewhere' ? await lastGood(pool, appId).catch(() => undefined) : undefined;
    good = round === 'good' ? now() : (elsewhere ?? good);
  });
}
