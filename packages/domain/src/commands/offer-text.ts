import { formatAmount, parseAmount } from '../amount.ts';
import type { Meaning } from './finding.ts';
import { whiteSpace } from './white-space.ts';

const betweenDigits = /(?<=\p{Nd})\p{White_Space}+(?=\p{Nd})/gu;
const edges = /^\p{White_Space}+|\p{White_Space}+$/gu;
const longestNearMiss = 40;

/** At most 40 characters (not UTF-16 units), counted no further than needed. */
export function isShort(text: string): boolean {
  return text.length <= 2 * longestNearMiss && [...text].length <= longestNearMiss;
}

/** White space stands only at the edges or between digits: otherwise it is a sentence and not an attempt at an amount. */
const isOneAttempt = (content: string): boolean => !whiteSpace.test(content.replace(edges, '').replace(betweenDigits, ''));

/** What an amount of a known denom means: the offer, or why it is refused. */
export function offerOrRefusal(denom: string, decimals: number, content: string): Meaning {
  const amount = parseAmount(content, decimals);
  if (!amount.ok) return { kind: 'rejected', denom, reason: amount.reason };
  return { kind: 'offer', denom, amount: amount.amount.toString(), text: formatAmount(amount.amount, decimals) };
}

/** What the text between colon and closing `$` means; `undefined` when it is neither an offer nor a near miss. */
export function readContent(denom: string, decimals: number, content: string): Meaning | undefined {
  const meaning = offerOrRefusal(denom, decimals, content);
  if (meaning.kind === 'offer') return meaning;
  return content !== '' && isShort(content) && isOneAttempt(content) ? meaning : undefined;
}

const letters = /[A-Za-z][A-Za-z0-9]{1,11}(?=:)/y;

/** The known denom (lower case) that stands with a colon after it at `at`. Only ASCII letters: `ſ` and the Kelvin sign are others. */
export function denomAt(text: string, at: number, denoms: ReadonlyMap<string, number>): { denom: string; decimals: number; content: number } | undefined {
  letters.lastIndex = at;
  const word = letters.exec(text)?.[0];
  if (word === undefined) return undefined;
  const denom = word.toLowerCase();
  const decimals = denoms.get(denom);
  return decimals === undefined ? undefined : { denom, decimals, content: at + word.length + 1 };
}
