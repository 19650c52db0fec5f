import type { Token } from 'micromark-util-types';
import { bareUrls } from './bare-urls.ts';
import { hiddenBlocks, markdownEvents, markOf } from './markdown.ts';
import { openElements } from './open-elements.ts';

/** UTF-16 offsets into the raw text, the end excluded. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A line of text that the author wrote as prose, without what Markdown puts before it (bullet, task box). */
export interface Line extends Range {
  /** Which paragraph, heading or table cell it belongs to. */
  readonly block: number;
  /** Whether its first character begins a line of the author's, so that a command may stand there. */
  readonly first: boolean;
  /** Parts that are not prose: code, links, tags, mathematics. In order, none overlapping. */
  readonly hidden: readonly Range[];
}

/** Where inline text stands. A paragraph's or underlined heading's lines may be commands; `# /cancel` and cells are not. */
const textBlocks = new Map([
  ['paragraph', true],
  ['setextHeadingText', true],
  ['atxHeadingText', false],
  ['tableContent', false],
]);

/** Inline Markdown that leaves its text prose. Whatever isn't named here hides. */
const transparent = new Set([
  ...['data', 'whitespace', 'lineEnding', 'linePrefix', 'lineSuffix', 'listItemIndent', 'hardBreakEscape', 'hardBreakTrailing'],
  ...['characterEscape', 'escapeMarker', 'characterEscapeValue'],
  ...['characterReference', 'characterReferenceMarker', 'characterReferenceMarkerNumeric', 'characterReferenceMarkerHexadecimal', 'characterReferenceValue'],
  ...['chunkText', 'chunkString'],
]);

/**
 * The lines of prose of a comment, in order, of those blocks in which one of the sorted offsets `interest` lies. Parsed
 * as CommonMark with GFM and `$$` mathematics; ranges are of the raw text.
 */
export function proseLines(text: string, interest: readonly number[]): Line[] {
  const lines: Line[] = [];
  const elements = openElements();
  const mark = markOf(text);
  const wanted = (start: number, end: number): boolean => anyWithin(interest, start + mark, end + mark);
  const lists: number[] = [];
  let hiddenDepth = 0;
  let commentUntil = 0;
  let block: Block | undefined;
  let inline: Token | undefined;

  for (const [way, token] of markdownEvents(text, wanted)) {
    const type: string = token.type;
    const start = token.start.offset + mark;
    const end = token.end.offset + mark;
    if (type === 'htmlFlow' && way === 'exit' && hiddenDepth === 1) {
      const comment = start < commentUntil ? undefined : elements.read(text.slice(start, end), false);
      if (comment !== undefined) commentUntil = endOfComment(text, end);
    }
    if (hiddenBlocks.has(type)) hiddenDepth += way === 'enter' ? 1 : -1;
    if (hiddenDepth > 0) continue;

    if (type === 'listOrdered' || type === 'listUnordered') {
      elements.closeTo(way === 'enter' ? elements.depth : (lists.pop() ?? 0));
      if (way === 'enter') lists.push(elements.depth);
    } else if (type === 'listItemPrefix' && way === 'enter') {
      elements.closeTo(lists.at(-1) ?? 0);
    } else if (!block) {
      const commands = textBlocks.get(type);
      if (commands !== undefined && way === 'enter' && wanted(token.start.offset, token.end.offset)) block = { start, end, commands, hidden: [], hiddenFrom: elements.hiding ? start : undefined };
    } else if (textBlocks.has(type) && way === 'exit') {
      if (block.hiddenFrom !== undefined) block.hidden.push({ start: block.hiddenFrom, end });
      if (commentUntil > start) block.hidden.push({ start, end: Math.min(commentUntil, end) });
      addLines(text, block, lines);
      elements.closePhrases();
      block = undefined;
    } else if (inline) {
      if (inline === token && way === 'exit') inline = undefined;
    } else if (way === 'enter' && type === 'taskListCheck') {
      block.start = end;
      inline = token;
    } else if (way === 'enter' && !transparent.has(type)) {
      block.hidden.push({ start, end });
      inline = token;
      if (type !== 'htmlText') continue;
      elements.read(text.slice(start, end), true);
      if (elements.hiding) block.hiddenFrom ??= end;
      else if (block.hiddenFrom !== undefined) {
        block.hidden.push({ start: block.hiddenFrom, end: start });
        block.hiddenFrom = undefined;
      }
    }
  }
  return lines;
}

interface Block {
  start: number;
  readonly end: number;
  readonly commands: boolean;
  readonly hidden: Range[];
  /** Where an element that hides was opened, while it is open. */
  hiddenFrom: number | undefined;
}

function addLines(text: string, block: Block, lines: Line[]): void {
  const number = (lines.at(-1)?.block ?? -1) + 1;
  const hidden = inOrder([...block.hidden, ...bareUrls(text, block.start, block.end)]);
  let next = 0;
  for (let start = block.start; start <= block.end; ) {
    const end = endOfLine(text, start, block.end);
    while (next < hidden.length && (hidden[next]?.end ?? 0) <= start) next++;
    const own: Range[] = [];
    for (let at = next; at < hidden.length; at++) {
      const range = hidden[at];
      if (!range || range.start >= end) break;
      own.push(range);
    }
    lines.push({ start, end, block: number, first: block.commands, hidden: own });
    start = end + (text.startsWith('\r\n', end) ? 2 : 1);
  }
}

function endOfLine(text: string, start: number, limit: number): number {
  let end = start;
  while (end < limit && text.charAt(end) !== '\n' && text.charAt(end) !== '\r') end++;
  return end;
}

/** HTML that leaves a comment open hides what follows, in other blocks too, up to its end or the end of the text. */
function endOfComment(text: string, from: number): number {
  const end = text.indexOf('-->', from);
  return end === -1 ? text.length : end + 3;
}

function inOrder(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = merged.at(-1);
    if (last && range.start < last.end) merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else if (range.end > range.start) merged.push(range);
  }
  return merged;
}

/** Whether a sorted list has a number in `[start, end)`. */
function anyWithin(sorted: readonly number[], start: number, end: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  const found = sorted[low];
  return found !== undefined && found < end;
}
