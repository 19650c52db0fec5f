import type { Measures } from '../measures.ts';
import { reread, type Rereading } from './reread.ts';
import { startRounds } from '../rounds.ts';

/** How often is looked whether an issue is to be read again. */
const lookMs = 5_000;

/** Reads issues again, each now and again, until disposed. */
export const startRereader = ({ measures, ...rereading }: Omit<Rereading, 'onReading'> & { readonly measures: Measures }): AsyncDisposable =>
  startRounds(Math.min(rereading.everyMs, lookMs), (signal) => reread({ ...rereading, onReading: (how) => { measures.readings.inc({ how }); } }, signal));
