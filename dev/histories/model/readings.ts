import type { Round } from '../operation.ts';
import { wording, type Happening, type Wording } from './wording.ts';

/** What happened to a comment in the order of its history. */
export type Told = Happening & { readonly round: Round };

/**
 * Everything that a comment may have come to. What it says when all is at rest, or when it is funded or cancelled, was read.
 * A wording in between may have been read or not, because deliveries are lost and the text is read again; and within the same
 * second, which is all that GitHub tells, also after a later one, which then was read once more.
 */
export function readings(all: readonly Told[]): Wording[] {
  const found = new Map<string, Wording>();
  for (const happenings of ways(all)) {
    const one = wording(happenings);
    found.set(JSON.stringify([one.offers, [...one.funded], one.told, one.everAsked], (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)), one);
  }
  return [...found.values()];
}

function ways(all: readonly Told[]): Happening[][] {
  let some: Happening[][] = [[]];
  let unsure: Told[] = [];
  for (const [place, one] of all.entries()) {
    const after = all[place + 1];
    const isWording = one.kind === 'text' || one.kind === 'gone';
    if (isWording && after?.round === one.round && (after.kind === 'text' || after.kind === 'gone')) unsure.push(one);
    else {
      const orders = isWording ? ordersOf(unsure, one) : [[one]];
      some = some.flatMap((before) => orders.map((order) => [...before, ...order]));
      unsure = [];
    }
  }
  return some;
}

/** All orders of some of the wordings nobody need have read, with the one that was read at their end, and perhaps among them. */
function ordersOf(unsure: readonly Told[], last: Told): Told[][] {
  // What is gone is gone: nothing that comes later counts.
  const among = last.kind === 'gone' ? unsure : [...unsure, last];
  const orders = unsure.length === 0 ? [[]] : arrangements(among);
  return orders.map((order) => (order.at(-1) === last ? order : [...order, last]));
}

function arrangements<T>(some: readonly T[]): T[][] {
  return [[], ...some.flatMap((one, place) => arrangements(some.toSpliced(place, 1)).map((rest) => [one, ...rest]))];
}
