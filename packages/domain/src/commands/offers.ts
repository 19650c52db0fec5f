import { boundaryAfter, boundaryBefore } from './boundary.ts';
import type { Found } from './finding.ts';
import { denomAt, readContent } from './offer-text.ts';
import type { Line } from './prose.ts';

/** The offers and near misses of one line of prose, in order. */
export function scanOffers(text: string, line: Line, denoms: ReadonlyMap<string, number>): Found[] {
  const found: Found[] = [];
  let from = line.start;
  for (const { start, end } of [...line.hidden, { start: line.end, end: line.end }]) {
    if (start > from) scanPiece(text, line, { start: from, end: start }, denoms, found);
    from = Math.max(from, end);
  }
  return found;
}

function scanPiece(text: string, line: Line, piece: { start: number; end: number }, denoms: ReadonlyMap<string, number>, found: Found[]): void {
  let open = text.indexOf('$', piece.start);
  while (open !== -1 && open < piece.end) {
    const close = text.indexOf('$', open + 1);
    if (close === -1 || close >= piece.end) return;
    const known = denomAt(text, open + 1, denoms);
    const meaning = known && known.content <= close ? readContent(known.denom, known.decimals, text.slice(known.content, close)) : undefined;
    const whole = meaning && boundaryBefore(text, open, line.start) && boundaryAfter(text, close + 1, line.end);
    if (whole) found.push({ start: open, end: close + 1, meaning });
    // The closing `$` of what was no token may open the next one.
    open = whole ? text.indexOf('$', close + 1) : close;
  }
}
