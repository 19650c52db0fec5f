import { formatAmount, type GitHubId } from '@doubloon/domain';
import type { Rules } from '@doubloon/domain/rules';
import { actorOf, roles, type Facts, type Role } from './facts.ts';

/** Stable names of the reasons why something is not allowed. */
export const reasonCodes = [
  'SOURCE_MISSING', 'SOURCE_GONE', 'SOURCE_ELSEWHERE', 'ACTOR_UNKNOWN', 'ACTOR_DIFFERS', 'NOT_A_PERSON', 'SUSPENDED', 'WRITER_UNCLEAR', 'EDITED', 'COMMAND_ABSENT', 'COMMAND_AMBIGUOUS', 'REPOSITORY_ARCHIVED', 'RULES_INVALID',
  'NOT_A_COLLABORATOR', 'NOT_A_MAINTAINER', 'NOT_AN_ADMINISTRATOR', 'DENOM_NOT_ALLOWED', 'BELOW_MINIMUM', 'ABOVE_MAXIMUM', 'STAKES_MISSING', 'AWARDEES_DIFFER', 'AWARDEE_UNKNOWN', 'AWARDEE_NOT_A_PERSON', 'AWARDEE_SUSPENDED',
  'MOVED_SINCE_FUNDING', 'SELF_AWARD', 'SHADOW_MODE',
  'PULL_REQUEST_ABSENT', 'CLOSING_ABSENT', 'ISSUE_OPEN', 'CLOSED_OTHERWISE', 'CLOSED_AS_COMPLETED', 'AUTO_AWARD_OFF', 'SEVERAL_CANDIDATES', 'WORK_MERGED', 'TOO_SOON',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

export interface Denial {
  readonly code: ReasonCode;
  /** A sentence for the person who asked. */
  readonly reason: string;
}

/** One row of the table: why not, or nothing. */
export type Requirement = (facts: Facts) => Denial | undefined;

const deny = (code: ReasonCode, reason: string): Denial => ({ code, reason });
const atLeast = (role: Role, least: Role): boolean => roles.indexOf(role) >= roles.indexOf(least);

export const textStands: Requirement = ({ source }) => {
  switch (source?.state) {
    case undefined: return deny('SOURCE_MISSING', 'This has to be written in a comment.');
    case 'gone': return deny('SOURCE_GONE', 'The text with this command is not there any more.');
    case 'elsewhere': return deny('SOURCE_ELSEWHERE', 'The text with this command belongs to another issue.');
    case 'stands': return undefined;
  }
};

export const actorIsAPerson: Requirement = (facts) => {
  const { source, session, isSessionUnknown } = facts;
  const actor = actorOf(facts);
  if (actor === undefined || isSessionUnknown || actor.kind === 'ghost') return deny('ACTOR_UNKNOWN', 'GitHub does not know (any more) who asked for this.');
  if (session !== undefined && session.id !== actor.id) return deny('ACTOR_DIFFERS', 'The text with this command was written by somebody else.');
  if (actor.kind !== 'user' || (source?.state === 'stands' && source.isByApp === true)) return deny('NOT_A_PERSON', 'Only people can ask for this: neither bots and Apps nor organisations.');
  return actor.isSuspended ? deny('SUSPENDED', 'The account of who asked for this is suspended.') : undefined;
};

/** An App that somebody authorized can write reviews in their name, and GitHub does not show it. */
export const writerIsClear: Requirement = ({ source }) =>
  source?.state === 'stands' && source.isByApp === undefined ? deny('WRITER_UNCLEAR', 'GitHub does not say whether a person or an App wrote a review: write this in a comment of the issue or the pull request.') : undefined;

/** People with write access can edit what a maintainer wrote. */
export const textWasNeverEdited: Requirement = ({ source }) =>
  source?.state === 'stands' && source.isEdited === false ? undefined : deny('EDITED', 'The text with this command was edited, which others than its author can do too: write it in a new comment.');

export const textSaysSo: Requirement = ({ action, source, money }) => {
  const asks = source?.state === 'stands' ? source.asks : [];
  const said = asks.filter((it) => it.kind === action);
  const fits = action === 'offer' ? said.some((it) => it.kind === 'offer' && it.denom === money?.denom && it.amount === money.amount) : said.length > 0;
  if (!fits) return deny('COMMAND_ABSENT', 'The text does not ask for this (any more).');
  return action === 'award' && said.length > 1 ? deny('COMMAND_AMBIGUOUS', 'The text has more than one award: write one in a comment of its own.') : undefined;
};

export const repositoryIsOpen: Requirement = ({ repository }) => (repository.isArchived ? deny('REPOSITORY_ARCHIVED', 'This repository is archived.') : undefined);

/** Nothing that the file could forbid is allowed while nobody can tell what it says. */
export const rulesAreReadable: Requirement = ({ rules }) => (rules.ok ? undefined : deny('RULES_INVALID', `The file .github/doubloon.yml of this repository can't be understood, so nothing is allowed that it could forbid. ${rules.problems.slice(0, 3).join(' ')}`.trimEnd()));

export const mayOffer: Requirement = ({ rules, role }) =>
  rules.ok && rules.rules.mayOffer === 'collaborators' && !atLeast(role, 'triage') ? deny('NOT_A_COLLABORATOR', 'Only collaborators may offer money in this repository.') : undefined;

export const denomIsAllowed: Requirement = ({ rules, denoms, money }) => {
  const named = rules.ok ? rules.rules.denoms : [];
  const allowed = [...denoms.keys()].filter((it) => named.length === 0 || named.includes(it));
  return money !== undefined && allowed.includes(money.denom) ? undefined : deny('DENOM_NOT_ALLOWED', `This repository takes ${allowed.join(', ') || 'nothing'} only.`);
};

export const amountIsWithinLimits: Requirement = ({ rules, denoms, money }) => {
  if (!rules.ok || money === undefined) return undefined;
  const { minimum, maximum } = rules.rules.limits.get(money.denom) ?? {};
  const inText = (amount: bigint): string => `${formatAmount(amount, denoms.get(money.denom) ?? 0)} ${money.denom}`;
  if (minimum !== undefined && money.amount < minimum) return deny('BELOW_MINIMUM', `Offers of less than ${inText(minimum)} are not taken in this repository.`);
  return maximum !== undefined && money.amount > maximum ? deny('ABOVE_MAXIMUM', `Offers of more than ${inText(maximum)} are not taken in this repository.`) : undefined;
};

const isDecider = ({ mayAward }: Rules, role: Role, id: GitHubId | undefined): boolean => mayAward.roles.some((it) => it === role) || (id !== undefined && mayAward.users.includes(id));

const noStakes = deny('STAKES_MISSING', 'There is no money that this could be about.');

/** Stricter than either is both: a rule that was loosened later does not open what was funded before it. */
export const mayDecide: Requirement = (facts) => {
  const { rules, stakes, role } = facts;
  const id = actorOf(facts)?.id;
  if (stakes.length === 0) return noStakes;
  const now = rules.ok && isDecider(rules.rules, role, id);
  if (now && stakes.every((stake) => stake.rules.every((then) => isDecider(then, role, id) && isDecider(then, stake.role, id)))) return undefined;
  return deny('NOT_A_MAINTAINER', now ? 'By the rules under which this money was given, somebody else decides about it.' : `Only ${whoDecides(rules.ok ? rules.rules : undefined)} may do this here.`);
};

function whoDecides(rules: Rules | undefined): string {
  if (rules === undefined) return 'its maintainers';
  const named = rules.mayAward.users.length > 0 ? ['those whom .github/doubloon.yml names'] : [];
  const [least] = rules.mayAward.roles;
  return [...(least === undefined ? [] : [`people with the role ${least === 'admin' ? least : `${least} or more`}`]), ...named].join(' and ');
}

/** Either is enough: whoever may decide now or could decide at the time, and for their own money the funder. */
export const mayVeto: Requirement = (facts) => {
  const { rules, stakes, role } = facts;
  const id = actorOf(facts)?.id;
  if (stakes.length === 0) return noStakes;
  const now = rules.ok && isDecider(rules.rules, role, id);
  const may = stakes.every((stake) => now || stake.rules.some((then) => isDecider(then, stake.role, id)) || (id !== undefined && stake.funders.includes(id)));
  return may ? undefined : deny('NOT_A_MAINTAINER', 'Only maintainers, and funders whose wallet is linked to their GitHub account, may veto.');
};

export const isAdministrator: Requirement = ({ role }) => (role === 'admin' ? undefined : deny('NOT_AN_ADMINISTRATOR', 'Only administrators of the repository may change how it is set up.'));

/** A login may have become somebody else's since the command was read: the ids have to be those of now. */
export const awardeesAreThoseOfTheText: Requirement = ({ source, awardees }) => {
  const shares = (source?.state === 'stands' ? source.asks : []).flatMap((it) => (it.kind === 'award' ? it.shares : []));
  if (shares.some(({ account }) => account === undefined)) return deny('AWARDEE_UNKNOWN', 'GitHub has no account for somebody who is named.');
  const written = new Map(shares.map(({ account, bps }) => [account?.id, bps]));
  const isSame = awardees.length === shares.length && written.size === shares.length && new Set(awardees.map(({ id }) => id)).size === shares.length && awardees.every(({ id, bps }) => written.get(id) === bps);
  return isSame && shares.length > 0 ? undefined : deny('AWARDEES_DIFFER', 'The people or shares that the text names are not those that were understood first.');
};

export const awardeesArePeople: Requirement = ({ source }) => {
  for (const { account } of (source?.state === 'stands' ? source.asks : []).flatMap((it) => (it.kind === 'award' ? it.shares : []))) {
    if (account?.kind !== 'user') return deny('AWARDEE_NOT_A_PERSON', `Only people can be paid, and ${account === undefined || account.kind === 'ghost' ? 'a deleted account' : `${account.login} (${account.kind})`} is none.`);
    if (account.isSuspended) return deny('AWARDEE_SUSPENDED', `The account of ${account.login} is suspended.`);
  }
  return undefined;
};

export const fundersAgreeAfterAMove: Requirement = ({ stakes }) =>
  stakes.some(({ isMoved, isAgreed }) => isMoved && !isAgreed) ? deny('MOVED_SINCE_FUNDING', 'The issue or its repository changed hands since this was funded: its funder has to award it too, with their own wallet. Giving it back is possible.') : undefined;

/** Whoever does the paid work is not the only one to say that it is done, unless it is their own money alone. */
export const nobodyAwardsThemselves: Requirement = (facts) => {
  const { awardees, stakes, rules } = facts;
  const id = actorOf(facts)?.id;
  if (!awardees.some((awardee) => awardee.id === id)) return undefined;
  const policies = [...stakes.flatMap((stake) => stake.rules.map((then) => then.selfAward)), rules.ok ? rules.rules.selfAward : 'never'];
  if (policies.includes('never')) return deny('SELF_AWARD', 'Nobody may award themselves in this repository.');
  return stakes.every(({ funders, isAgreed }) => isAgreed || (id !== undefined && funders.includes(id)))
    ? undefined
    : deny('SELF_AWARD', 'Nobody may award themselves money that others put up: another maintainer can award it, or its funder with their own wallet.');
};

export const noRehearsal: Requirement = ({ rules }) => (rules.ok && rules.rules.shadow ? deny('SHADOW_MODE', 'This repository only rehearses: it would have been done.') : undefined);

export const deedStands: Requirement = ({ source, deed }) => {
  if (source?.state === 'stands') return undefined;
  if (source?.state === 'elsewhere') return deny('SOURCE_ELSEWHERE', 'This happened to another issue.');
  return deed?.kind === 'closing' ? deny('CLOSING_ABSENT', 'The issue was not closed so, or it was opened or closed again since.') : deny('PULL_REQUEST_ABSENT', 'No such pull request of this repository was merged into its default branch and closes this issue.');
};

const open = deny('ISSUE_OPEN', 'The issue is open.');

/** What says later that it closes an issue, or is linked to it by hand, did not close it when it was merged. */
export const mergeClosedTheIssue: Requirement = ({ issue, deed }) => {
  if (issue?.closedAs === undefined) return open;
  return deed !== undefined && issue.closedBy.includes(deed.id) ? undefined : deny('CLOSED_OTHERWISE', 'It was not this pull request that closed the issue the last time: somebody has to say who is paid.');
};

export const issueIsNotPlanned: Requirement = ({ issue }) => {
  if (issue?.closedAs === undefined) return open;
  return issue.closedAs === 'completed' ? deny('CLOSED_AS_COMPLETED', 'The issue was closed as completed: the money waits for an award.') : undefined;
};

/** The file of now and those under which the money was given: all of them that there are. */
const allRules = ({ rules, stakes }: Facts): readonly Rules[] => [...(rules.ok ? [rules.rules] : []), ...stakes.flatMap((stake) => stake.rules)];

export const rulesAwardByThemselves: Requirement = (facts) => {
  if (facts.stakes.length === 0) return noStakes;
  return allRules(facts).every((it) => it.autoAwardAfterSeconds > 0) ? undefined : deny('AUTO_AWARD_OFF', 'By the rules of this repository, or by those under which this money was given, an award needs somebody who gives it.');
};

export const nobodyElseWasMerged: Requirement = ({ issue, deed }) => {
  const merges = issue?.merges ?? [];
  const author = merges.find(({ id }) => id === deed?.id)?.author.id;
  return issue?.hasMore === false && merges.every((it) => it.author.id === author) ? undefined : deny('SEVERAL_CANDIDATES', 'Pull requests of several people were merged for this issue: somebody has to say who is paid.');
};

export const nothingWasMerged: Requirement = ({ issue }) =>
  issue?.hasMore === false && issue.merges.length === 0 ? undefined : deny('WORK_MERGED', 'A pull request that closes this issue was merged: the money waits for an award.');

/** As long as anybody who decided alone can be stopped on chain. */
const unplannedWaitSeconds = 72 * 3_600;

/** Work waits for the longest of the times that the rules say, and money for as long again when it came later. */
export const itIsTime: Requirement = (facts) => {
  const { deed, at, stakes } = facts;
  if (deed?.at === undefined) return deny('TOO_SOON', 'Nothing happened yet.');
  const isMerge = deed.kind === 'pull-request';
  const seconds = isMerge ? Math.max(...allRules(facts).map((it) => it.autoAwardAfterSeconds)) : unplannedWaitSeconds;
  const from = Math.max(deed.at.getTime(), ...(isMerge ? stakes.map(({ fundedAt }) => fundedAt.getTime()) : []));
  const due = new Date(from + seconds * 1_000);
  return at >= due ? undefined : deny('TOO_SOON', `This happens by itself after ${due.toISOString().slice(0, 16).replace('T', ' ')} UTC, unless somebody decides otherwise before.`);
};
