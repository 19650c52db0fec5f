import type { Range } from './prose.ts';

const schemeOrWww = /:\/\/|www\./gi;
const ofScheme = /[A-Za-z0-9+.-]/;
const longestScheme = 32;

/**
 * Bare URLs in `[start, end)`, up to white space or `<`, whatever their scheme. GFM links only some of them, but
 * `ftp://example.org/$usdc:5$` is no more an offer than its `https` sister.
 */
export function bareUrls(text: string, start: number, end: number): Range[] {
  const found: Range[] = [];
  const piece = text.slice(start, end);
  for (const { 0: mark, index } of piece.matchAll(schemeOrWww)) {
    const last = found.at(-1);
    if (last && start + index < last.end) continue;
    let from = index;
    while (mark === '://' && from > 0 && index - from < longestScheme && ofScheme.test(piece.charAt(from - 1))) from--;
    const before = piece.charAt(from - 1);
    if (mark === '://' ? from === index || before === '$' : /[A-Za-z0-9]/.test(before)) continue;
    const stop = /[\p{White_Space}<]/u.exec(piece.slice(index));
    found.push({ start: start + from, end: start + (stop ? index + stop.index : piece.length) });
  }
  return found;
}
