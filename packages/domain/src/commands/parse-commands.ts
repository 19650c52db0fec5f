import { commandCandidates, contextCandidates } from './candidates.ts';
import type { Finding, Found, Meaning } from './finding.ts';
import { mailTrailer } from './mail.ts';
import { scanOffers } from './offers.ts';
import { proseLines } from './prose.ts';
import { readSlashLine } from './slash.ts';

const mostOffers = 5;

/** False for nearly every comment there is: then `parseCommands` has nothing to find. One pass, no Markdown. */
export const mayHaveCommands = (text: string, denoms: ReadonlyMap<string, number>): boolean => commandCandidates(text, denoms).length > 0;

/**
 * What the author of a comment asks for, in the order of the text. `text` is raw GitHub Markdown, `denoms` the allowlist
 * (lower-case name to decimals). Pure and total: hostile text costs time (see `@doubloon/domain/bounded`) and finds nothing.
 */
export function parseCommands(text: string, denoms: ReadonlyMap<string, number>): Finding[] {
  const candidates = commandCandidates(text, denoms);
  if (candidates.length === 0) return [];
  const interest = [...candidates, ...contextCandidates(text)].sort((a, b) => a - b);
  const lines = proseLines(text, interest);
  const end = mailTrailer(text, lines) ?? Infinity;
  const found = lines.filter(({ start }) => start < end).flatMap((line) => readSlashLine(text, line, denoms) ?? scanOffers(text, line, denoms));
  return numbered(found);
}

function numbered(found: readonly Found[]): Finding[] {
  let offers = 0;
  return found.map(({ start, end, meaning }, ordinal) => {
    if (meaning.kind === 'offer' && ++offers > mostOffers) return placed({ kind: 'rejected', denom: meaning.denom, reason: 'too-many-offers' }, { ordinal, start, end });
    return placed(meaning, { ordinal, start, end });
  });
}

/** Keys in the published order: the kind, the place, the rest. */
function placed({ kind, ...rest }: Meaning, place: { ordinal: number; start: number; end: number }): Finding {
  return { kind, ...place, ...rest } as Finding;
}
