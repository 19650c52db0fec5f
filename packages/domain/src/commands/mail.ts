import type { Line } from './prose.ts';

const original = '-----Original Message-----';
const endsAttribution = /(?:^|[^\p{L}\p{N}])wrote:$/u;

/**
 * Where the reply trailer of a mail begins: a line `On … wrote:`, perhaps wrapped over two lines, or the line that
 * Outlook writes. Everything from there on is somebody else's text. `undefined` when there is none.
 */
export function mailTrailer(text: string, lines: readonly Line[]): number | undefined {
  for (const [index, line] of lines.entries()) {
    if (!line.first || line.hidden.some(({ start, end }) => start <= line.start && line.start < end)) continue;
    const own = text.slice(line.start, line.end).trim();
    if (own === original) return line.start;
    if (!/^On\p{White_Space}/u.test(own)) continue;
    if (ends(own)) return line.start;
    const next = lines[index + 1];
    if (next?.block === line.block && ends(text.slice(next.start, next.end).trim())) return line.start;
  }
  return undefined;
}

const ends = (line: string): boolean => endsAttribution.test(line.slice(-8));
