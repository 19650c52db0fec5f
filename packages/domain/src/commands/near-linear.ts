import { blockQuote, htmlText, list } from 'micromark-core-commonmark';
import type { Construct, Extension } from 'micromark-util-types';

/** No list or quote begins further right. People nest five deep; every level costs time on every line below it. */
const lastColumn = 200;

function near(construct: Construct): Construct {
  const { name, ...rest } = construct;
  return {
    ...rest,
    name: `near-${name ?? ''}`,
    tokenize(effects, ok, nok) {
      return this.now().column > lastColumn ? nok : construct.tokenize.call(this, effects, ok, nok);
    },
  };
}

const ends: readonly (readonly [start: string, end: string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
  ['<!', '>'],
];

/** Inline HTML whose end stands nowhere in the text is none: without this, each such beginning is read to the end of its paragraph. */
function closedHtml(text: string, mark: number): Construct {
  const ended = new Map(ends.map(([, end]) => [end, text.lastIndexOf(end)]));
  const { name, ...rest } = htmlText;
  return {
    ...rest,
    name: `closed-${name ?? ''}`,
    tokenize(effects, ok, nok) {
      const at = this.now().offset + mark;
      const [start = '', end = ''] = ends.find(([one]) => text.startsWith(one, at)) ?? [];
      return start !== '' && (ended.get(end) ?? -1) < at + 2 ? nok : htmlText.tokenize.call(this, effects, ok, nok);
    },
  };
}

/**
 * Keeps micromark near linear. Emphasis and strike-through are left out, since their text is prose either way and finding
 * their ends is quadratic; so are the footnote after an exclamation mark and the ends of bare URLs, which `bareUrls` finds.
 */
export function nearLinear(text: string, mark: number): Extension {
  const [item, quote] = [near(list), near(blockQuote)];
  const code = (character: string): number => character.charCodeAt(0);
  return {
    disable: { null: ['list', 'blockQuote', 'htmlText', 'attention', 'strikethrough', 'gfmPotentialFootnoteCall', 'emailAutolink', 'wwwAutolink', 'protocolAutolink'] },
    document: { ...Object.fromEntries([...'*+-0123456789'].map((bullet) => [code(bullet), item])), [code('>')]: quote },
    text: { [code('<')]: closedHtml(text, mark) },
  };
}
