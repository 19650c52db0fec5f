import type { Meaning } from './finding.ts';
import { denomAt, isShort, offerOrRefusal, readContent } from './offer-text.ts';
import { wordsOf } from './white-space.ts';

/** What stands after `/bounty`, trimmed; `undefined` when the line belongs to others. */
export function readBountyLine(rest: string, denoms: ReadonlyMap<string, number>): Meaning | undefined {
  if (rest === '') return { kind: 'status' };
  if (rest === 'help') return { kind: 'help' };
  return readToken(rest, denoms) ?? readWords(wordsOf(rest), denoms);
}

/** `$denom:amount$` and nothing beside it. */
function readToken(rest: string, denoms: ReadonlyMap<string, number>): Meaning | undefined {
  if (!rest.startsWith('$') || rest.indexOf('$', 1) !== rest.length - 1) return undefined;
  const known = denomAt(rest, 1, denoms);
  return known && readContent(known.denom, known.decimals, rest.slice(known.content, -1));
}

/** An amount and a denom in either order. A known denom among other words is an attempt that gets a reason. */
function readWords(words: readonly string[], denoms: ReadonlyMap<string, number>): Meaning | undefined {
  const index = words.findIndex((word) => /^[A-Za-z0-9]+$/.test(word) && denoms.has(word.toLowerCase()));
  const denom = words[index]?.toLowerCase();
  const decimals = denom === undefined ? undefined : denoms.get(denom);
  if (denom === undefined || decimals === undefined) return undefined;
  const content = words.filter((_, at) => at !== index).join(' ');
  const meaning = offerOrRefusal(denom, decimals, content);
  if (meaning.kind === 'offer') return meaning;
  if (!isShort(content)) return undefined;
  // A denom between two groups of digits splits no amount: `5 usdc 000`.
  return index === 0 || index === words.length - 1 ? meaning : { kind: 'rejected', denom, reason: 'malformed' };
}
