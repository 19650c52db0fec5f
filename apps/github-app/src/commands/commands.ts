import type { Finding, OfferTerms } from '@doubloon/domain';
import { inCode, link } from '../living-comment/markdown.ts';

/** What a text asks for. */
export interface Commands {
  /** In the order of the text, at most as many as the parser lets through. */
  readonly offers: readonly OfferTerms[];
  /** Whole sentences about what was meant as an offer and can't be one. */
  readonly problems: readonly string[];
  readonly slash: ReadonlySet<SlashCommand>;
}

export type SlashCommand = 'status' | 'help' | 'cancel' | 'award' | 'veto' | 'attempt';

const reasons: Readonly<Record<string, string>> = {
  'malformed': 'is not an amount: write digits, and a dot if it needs one',
  'separator': 'has separators: write the digits without them',
  'too-many-decimals': 'has more digits after the dot than the denom has',
  'zero': 'is nothing',
  'too-large': 'is more than can exist',
  'too-many-offers': 'is one too many: five offers in one text are the most',
};

/** Finds commands in a text; rejects with `PARSER_BUSY` when too many wait. */
export type Parse = (text: string) => Promise<readonly Finding[]>;

/** Reads what a text at `url` asks for. */
export const readCommands = async (parse: Parse, text: string, url: string): Promise<Commands> => sortFindings(await parse(text), text, url);

/** Sorts what the parser found in `text`, which was written at `url`. */
export function sortFindings(findings: readonly Finding[], text: string, url: string): Commands {
  const offers: OfferTerms[] = [];
  const problems: string[] = [];
  const slash = new Set<SlashCommand>();
  for (const finding of findings) {
    if (finding.kind === 'offer') offers.push({ denom: finding.denom, amount: BigInt(finding.amount) });
    else if (finding.kind !== 'rejected') slash.add(finding.kind);
    else if ('command' in finding) slash.add('award');
    else problems.push(`${inCode(text.slice(finding.start, finding.end))} ${link('here', url)} ${reasons[finding.reason] ?? 'can not be an offer'}.`);
  }
  return { offers, problems, slash };
}
