import type { Measures } from '../measures.ts';
import { findAgain, type Finding } from './find-again.ts';
import { reread, type Rereading } from './reread.ts';
import { startRounds } from '../rounds.ts';

/** How often is looked whether an issue is to be read again. */
const lookMs = 5_000;

/** How often is looked again for issues of before, when not all could be looked at. */
const findMs = 60_000;

/** Reads issues again, each now and again, and looks meanwhile for those that are not known any more, until disposed. */
export function startRereader({ measures, ...rereading }: Omit<Rereading, 'onReading'> & Omit<Finding, 'looked'> & { readonly measures: Measures }): AsyncDisposable {
  const open = new AsyncDisposableStack();
  const finding = { ...rereading, looked: new Set<string>() };
  open.use(startRounds(findMs, (signal) => findAgain(finding, signal).catch((err: unknown) => { rereading.log.warn({ err }, 'issues that carry our comment could not be looked for'); })));
  open.use(startRounds(Math.min(rereading.everyMs, lookMs), (signal) => reread({ ...rereading, onReading: (how) => { measures.readings.inc({ how }); } }, signal)));
  return open;
}
