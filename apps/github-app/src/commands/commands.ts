import type { Finding, OfferTerms, Share } from '@doubloon/domain';
import { inCode, link } from '../living-comment/markdown.ts';

/** What a text asks for. */
export interface Commands {
  /** In the order of the text, at most as many as the parser lets through. */
  readonly offers: readonly OfferTerms[];
  /** Whole sentences about what was meant as an offer and can't be one. */
  readonly problems: readonly string[];
  readonly slash: ReadonlySet<SlashCommand>;
  /** Who is to be paid, when the text says that once and clearly. */
  readonly award: Award | undefined;
  /** Whole sentences about awards that can't be done as they are written. */
  readonly badAwards: readonly string[];
}

export type SlashCommand = 'status' | 'help' | 'cancel' | 'award' | 'veto' | 'attempt';

/** People by the logins that were written, or whoever opened a pull request. */
export type Award = { readonly shares: readonly Share[] } | { readonly pullRequest: number };

const reasons: Readonly<Record<string, string>> = {
  'malformed': 'is not an amount: write digits, and a dot if it needs one',
  'separator': 'has separators: write the digits without them',
  'too-many-decimals': 'has more digits after the dot than the denom has',
  'zero': 'is nothing',
  'too-large': 'is more than can exist',
  'too-many-offers': 'is one too many: five offers in one text are the most',
};

const awardReasons: Readonly<Record<string, string>> = {
  'shares': 'has shares that can not stand: give nobody a percentage, or everybody one above zero with at most two decimals, together exactly 100',
  'duplicate': 'names somebody twice',
  'too-many': 'names too many people: eight are the most',
  'malformed': 'is not understood: name people, such as `@ada` or `@ada 70% @grace 30%`, or one pull request, such as `#123`',
};

/** Finds commands in a text; rejects with `PARSER_BUSY` when too many wait. */
export type Parse = (text: string) => Promise<readonly Finding[]>;

/** Reads what a text at `url` asks for. */
export const readCommands = async (parse: Parse, text: string, url: string): Promise<Commands> => sortFindings(await parse(text), text, url);

/**
 * Sorts what the parser found in `text`, which was written at `url`. Of several awards none counts, nor one beside a line
 * that can't stand: people write `/award @ada 70%` and the rest on the next line.
 */
export function sortFindings(findings: readonly Finding[], text: string, url: string): Commands {
  const offers: OfferTerms[] = [];
  const problems: string[] = [];
  const slash = new Set<SlashCommand>();
  const awards: Award[] = [];
  const badAwards: string[] = [];
  for (const finding of findings) {
    const say = (reason: string) => `${inCode(text.slice(finding.start, finding.end))} ${link('here', url)} ${reason}.`;
    if (finding.kind === 'offer') offers.push({ denom: finding.denom, amount: BigInt(finding.amount) });
    else if (finding.kind !== 'rejected') slash.add(finding.kind);
    else if ('command' in finding) slash.add('award');
    else problems.push(say(reasons[finding.reason] ?? 'can not be an offer'));
    if (finding.kind === 'award') awards.push('shares' in finding ? { shares: finding.shares } : { pullRequest: finding.pullRequest });
    if (finding.kind === 'rejected' && 'command' in finding) badAwards.push(say(awardReasons[finding.reason] ?? 'can not be an award'));
  }
  const isClear = awards.length === 1 && badAwards.length === 0;
  if (!isClear && awards.length > 0) badAwards.push(`The text ${link('here', url)} has more than one award, so none of them is done: write one line in a comment of its own.`);
  return { offers, problems, slash, award: isClear ? awards[0] : undefined, badAwards };
}
