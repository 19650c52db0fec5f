import type { Measures } from '../measures.ts';
import { findAgain, type Finding } from './find-again.ts';
import { reread, type Rereading } from './reread.ts';
import { startRounds } from '../rounds.ts';

/** How often is looked whether an issue is to be read again. */
const lookMs = 5_000;

/** Reads issues again, each now and again, until disposed. */
export const startRereader = ({ measures, ...rereading }: Omit<Rereading, 'onReading'> & Finding & { readonly measures: Measures }): AsyncDisposable =>
  startRounds(Math.min(rereading.everyMs, lookMs), async (signal) => {
    await findAgain(rereading, signal).catch((err: unknown) => { rereading.log.warn({ err }, 'issues that carry our comment could not be looked for'); });
    await reread({ ...rereading, onReading: (how) => { measures.readings.inc({ how }); } }, signal);
  });
