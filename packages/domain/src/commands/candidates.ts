import { denomAt } from './offer-text.ts';

const slashWords = ['bounty', 'award', 'attempt', 'veto', 'cancel'];
/** What can hide prose that stands further down: an element that stays open, or the head of a quoted mail. */
const context = /wrote:|-Original Message-|<\/?(?:summary|details|blockquote|pre)\b/gi;

/** Offsets at which a command might stand. Nothing of Markdown is known here: it is one pass over the raw text. */
export function commandCandidates(text: string, denoms: ReadonlyMap<string, number>): number[] {
  const found: number[] = [];
  for (let at = text.indexOf('$'); at !== -1; at = text.indexOf('$', at + 1)) if (denomAt(text, at + 1, denoms)) found.push(at);
  for (let at = text.indexOf('/'); at !== -1; at = text.indexOf('/', at + 1)) if (slashWords.some((word) => text.startsWith(word, at + 1))) found.push(at);
  return found;
}

/** Offsets of whatever decides if a command elsewhere counts. */
export const contextCandidates = (text: string): number[] => Array.from(text.matchAll(context), ({ index }) => index);
