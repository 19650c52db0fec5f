import { parse, preprocess } from 'micromark';
import { gfm } from 'micromark-extension-gfm';
import { math } from 'micromark-extension-math';
import { subtokenize } from 'micromark-util-subtokenize';
import type { Event, Token } from 'micromark-util-types';
import { nearLinear } from './near-linear.ts';

/** Containers and blocks in which nothing is the author's prose. */
export const hiddenBlocks: ReadonlySet<string> = new Set(['blockQuote', 'codeFenced', 'codeIndented', 'mathFlow', 'htmlFlow', 'definition', 'gfmFootnoteDefinition']);

// One dollar is no mathematics here: `$usdc:5$` must stay text. GitHub's `$$` blocks are.
const extensions = [gfm(), math({ singleDollarTextMath: false })];

/** Offset in the raw text: micromark drops a byte order mark before it counts. */
export const markOf = (text: string): number => (text.startsWith('\uFEFF') ? 1 : 0);

/**
 * The events of a document, with inline content only for blocks of which `wanted(start, end)` is true: the rest is left
 * as it is, since inline Markdown is where the time goes.
 */
export function markdownEvents(text: string, wanted: (start: number, end: number) => boolean): Event[] {
  const events = parse({ extensions: [...extensions, nearLinear(text, markOf(text))] })
    .document()
    .write(preprocess()(text, undefined, true));
  // The first pass unfolds blocks, each later one what the pass before found inside.
  for (let done = false; !done; ) {
    done = subtokenize(events);
    leaveUnwanted(events, wanted);
  }
  return events;
}

function leaveUnwanted(events: readonly Event[], wanted: (start: number, end: number) => boolean): void {
  let hidden = 0;
  for (const [way, token] of events) {
    if (hiddenBlocks.has(token.type)) hidden += way === 'enter' ? 1 : -1;
    if (way !== 'enter' || token.contentType === undefined || token.previous) continue;
    if (token.contentType === 'string' || (token.contentType === 'text' && (hidden > 0 || !wanted(token.start.offset, endOf(token))))) leave(token);
  }
}

function endOf(token: Token): number {
  let last = token;
  while (last.next) last = last.next;
  return last.end.offset;
}

function leave(first: Token): void {
  for (let token: Token | undefined = first; token; token = token.next) delete token.contentType;
}
