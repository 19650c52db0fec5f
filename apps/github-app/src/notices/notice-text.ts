import { inCode, link } from '../living-comment/markdown.ts';
import { day, sumOf, type Bounty } from '../living-comment/phrases.ts';
import type { Notice, WalletNotice, WindowNotice } from './notices-due.ts';

/** The login that somebody has now, by numeric id; `undefined` for whoever is not there any more. */
export type Logins = ReadonlyMap<string, string>;

/** More people than this are not mentioned: a mention sends a mail. */
export const mostMentioned = 10;

/** Whom a notice mentions, and whose names it shows. */
export const peopleOf = (notice: Notice): readonly string[] => (notice.kind === 'wallet' ? [notice.subject] : [...notice.people.slice(0, mostMentioned), ...notice.awardees.map(({ githubId }) => githubId)]);

/** The text of a notice, without its mark. Only those it is for are mentioned; all other names stand as code. */
export const renderNotice = (notice: Notice, bounty: Bounty, logins: Logins): string => (notice.kind === 'wallet' ? walletText(notice, bounty, logins) : windowText(notice, bounty, logins));

const mention = (id: string, logins: Logins): string => (logins.has(id) ? `@${logins.get(id) ?? ''}` : '');

function walletText({ subject, money, until }: WalletNotice, bounty: Bounty, logins: Logins): string {
  const last = until === '' ? '' : ` It can be claimed until ${day(until)}.`;
  return `${mention(subject, logins)}, you were awarded **${sumOf(bounty, money)}** for this. To be paid, ${link('link a wallet to your GitHub account', bounty.linkUrl)}: the payout then follows by itself, once the award is final.${last}\n`;
}

function windowText({ people, awardees, money, until }: WindowNotice, bounty: Bounty, logins: Logins): string {
  const to = people.slice(0, mostMentioned).map((id) => mention(id, logins)).filter((one) => one !== '');
  const named = awardees.map(({ githubId, bps }) => `${logins.has(githubId) ? inCode(logins.get(githubId) ?? '') : 'somebody'} (GitHub user id ${inCode(githubId)}, ${String(bps / 100)} %)`);
  return [
    `${to.length === 0 ? '' : `${to.join(', ')}: `}**${sumOf(bounty, money)}** on this issue was awarded to ${named.join(', ')}. Nobody can undo that any more from ${day(until)} on.`,
    '',
    `If it is wrong, veto it before: with the wallet that funded it ${link('on this page', bounty.awardUrl)}; maintainers, and funders whose wallet is linked to their GitHub account, also with a comment that says \`/veto\`.`,
    '',
  ].join('\n');
}

const markOf = (issueId: string, { kind, subject }: Pick<Notice, 'kind' | 'subject'>): string => `<!-- doubloon-notice ${JSON.stringify({ issue: issueId, v: 1, kind, for: subject })} -->`;

/** The notice as it is sent: the text and, invisible, the mark by which we find it again. */
export const withNoticeMark = (text: string, issueId: string, notice: Notice): string => `${text}\n${markOf(issueId, notice)}`;

/** Whether a comment carries the mark of a notice. Anybody can write one: look at the author too. */
export const isNotice = (body: string, issueId: string, notice: Pick<Notice, 'kind' | 'subject'>): boolean => body.trimEnd().endsWith(`\n${markOf(issueId, notice)}`);

/** Whether a comment is a notice about a window that ends on the same day, whatever it was that decided. Look at the author too. */
export const isOfSameWindow = (body: string, issueId: string, { until }: Pick<WindowNotice, 'until'>): boolean =>
  body.includes(`any more from ${day(until)} on.`) && body.trimEnd().split('\n').at(-1)?.startsWith(`<!-- doubloon-notice ${JSON.stringify({ issue: issueId, v: 1, kind: 'window' }).slice(0, -1)},`) === true;
