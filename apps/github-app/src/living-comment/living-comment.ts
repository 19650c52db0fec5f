import { createHash } from 'node:crypto';
import { award } from './award.ts';
import { condition, help, problems, remarks, rulesProblems, terms } from './condition.ts';
import { ended, rows, totals } from './deposits.ts';
import { link } from './markdown.ts';
import { next } from './next.ts';
import type { Own } from './own.ts';
import { namesOf, type Bounty } from './phrases.ts';
import { attempts, candidates } from './working.ts';

/** GitHub takes 65,536 characters; the mark and what GitHub counts otherwise than we do stay below that. */
const mostCharacters = 60_000;

/** Whether there is anything to say: an issue nobody offered money on, and nobody asked us about, stays without a comment of ours. */
export const isWorthSaying = ({ offers, deposits }: Pick<Bounty, 'offers' | 'deposits'>, own: Pick<Own, 'problems' | 'remarks' | 'help'>): boolean =>
  offers.length + deposits.length + own.problems.length + own.remarks.length > 0 || own.help;

/**
 * The text of the living comment, without its marker: GitHub Markdown that can be read in a mail as well. It is a function
 * of its arguments alone, and fits into a comment whatever they are. It names no address that money could be sent to: the
 * pages it links show what is signed.
 */
export function renderLivingComment(bounty: Bounty, own: Own): string {
  const name = namesOf(bounty, own);
  const sections = [
    ['### Bounty'],
    terms(bounty, own),
    condition(bounty, own),
    totals(bounty),
    rows(bounty, own),
    ended(bounty),
    attempts(own, name),
    candidates(bounty, own, name),
    award(bounty, name),
    next(bounty, own),
    help(own),
    remarks(own),
    problems(own),
    rulesProblems(own),
  ];
  return `${fitting(sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')), bounty.bountyUrl).join('\n\n')}\n`;
}

/** The sections that fit, in their order. */
function fitting(sections: readonly string[], bountyUrl: string): string[] {
  const shown: string[] = [];
  let left = mostCharacters;
  for (const section of sections) {
    if (section.length > left) return [...shown, `There is more to tell than fits here: ${link('it stands on the page of this bounty', bountyUrl)}.`];
    shown.push(section);
    left -= section.length + 2;
  }
  return shown;
}

/** Decides whether an edit is needed: the same text has the same one. */
export const textHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** Where the money of an issue stands: changes of it are never held back. */
export const moneyState = ({ offers, deposits, decisions }: Bounty): string => textHash(JSON.stringify([
  offers.map(({ id, state, deposit }) => [id, state, deposit?.signature]),
  deposits.map(({ address, state, vetoed, award: made }) => [address, state, vetoed, made?.finalAt, made?.shares.map(({ githubId, bps, settled, waitsFor, paysFrom }) => [githubId, bps, settled, waitsFor, paysFrom])]),
  decisions.map(({ action, sourceId, intents }) => [action, sourceId, intents.map(({ deposit, state }) => [deposit, state])]),
]));

/** The comment as it is sent: the text and, invisible, the mark by which we find it again. */
export const withMarker = (text: string, issueId: string): string => `${text}\n<!-- doubloon ${JSON.stringify({ issue: issueId, v: 1, hash: textHash(text) })} -->`;

/**
 * The issue that a comment is the living comment of, when it is one. Only its last line counts: above it the comment repeats
 * what people wrote. Anybody can write a whole comment with a marker: look at the author too.
 */
export function markedIssue(body: string): string | undefined {
  const json = /\n<!-- doubloon (\{[^\n]{1,200}\}) -->\s*$/.exec(body)?.[1];
  if (json === undefined) return undefined;
  try {
    const { issue, v } = JSON.parse(json) as { issue?: unknown; v?: unknown };
    return v === 1 && typeof issue === 'string' ? issue : undefined;
  } catch {
    return undefined;
  }
}
