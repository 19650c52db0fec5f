import { inCode } from './markdown.ts';
import type { Own } from './own.ts';
import { isHeld } from './deposits.ts';
import type { Bounty } from './phrases.ts';

/** What a reader has to know before anything else: which coins these are, and that a repository may only rehearse. */
export const terms = ({ cluster }: Bounty, { rules }: Own): string[] => [
  ...(cluster === undefined || cluster.name === 'mainnet-beta' ? [] : [`This is ${inCode(cluster.name)}: the coins here have no value.`]),
  ...(rules?.shadow === true ? ['This repository only rehearses: what would be done is told here, and nothing is done.'] : []),
];

const closings: Readonly<Record<string, string>> = {
  completed: 'This issue is closed as completed. What is in escrow waits for an award.',
  not_planned: 'This issue is closed as not planned: 72 hours after that, what is in escrow and not awarded goes back to whoever funded it, unless the issue is reopened, a pull request that closes it was merged, or whoever closed it may not decide about that.',
  duplicate: 'This issue is closed as a duplicate: that awards nothing. What is in escrow can be awarded or cancelled by a maintainer, and goes back after its date.',
};
const closed = 'This issue is closed. What is in escrow waits for an award or for its date.';

/** What becomes of the money by what became of the issue; nothing where there is none. */
export function condition({ deposits }: Bounty, { issue: { state, stateReason, isLocked, movedFrom } }: Own): string[] {
  if (!deposits.some(isHeld)) return [];
  return [
    ...(movedFrom === undefined ? [] : ['This issue was transferred here. For what was funded before that, the rules of the repository it was funded in still hold: it can be awarded by two keys, one of them of whoever funded it, or go back.']),
    ...(state === 'closed' ? [closings[stateReason ?? ''] ?? closed] : []),
    ...(isLocked ? ['This issue is locked, so that not everybody can write commands here; the pages linked below work as before.'] : []),
  ];
}

/** Sentences of ours, each on one line whatever it repeats. */
const told = (title: string, sentences: readonly string[], most = 10): string[] => {
  if (sentences.length === 0) return [];
  const rest = sentences.length - most;
  return [`**${title}**`, '', ...sentences.slice(0, most).map((sentence) => `- ${oneLine(sentence)}`), ...(rest > 0 ? [`- And ${String(rest)} more.`] : [])];
};

const oneLine = (sentence: string): string => sentence.replace(/[\p{White_Space}\p{Cc}]+/gu, ' ').trim();

/** The newest of what there is to remark. */
export const remarks = (own: Own): string[] => told('Remarks', own.remarks);

export const problems = (own: Own): string[] => told('Not done', own.problems);

/** Told where we speak anyway: a file alone makes us say nothing. */
export const rulesProblems = ({ rules }: Own): string[] => told('`.github/doubloon.yml` can not be understood, so nothing that it could forbid is done', rules?.problems ?? []);

/** How it works, for whoever asked. */
export const help = (own: Own): string[] => (own.help ? howItWorks : []);

const howItWorks = [
  '**How it works**', '',
  'Write an amount between dollar signs in a comment, such as `$sol:0.5$`, or on a line of its own `/bounty 0.5 sol`. A link to fund it appears here. The money goes into an escrow that only an award or the deadline opens.',
  '', '- `/bounty` shows where things stand, `/bounty help` shows this.', '- `/attempt` says that you are at it.', '- `/cancel` takes back your own offers that are not funded yet; so does deleting the comment.',
  '- A maintainer writes `/award @login`, `/award @one 70% @other 30%` or `/award #12`; within the window `/veto` undoes it, and `/cancel` sends back what is not awarded.',
];
