import { treasury } from '@doubloon/rpc';
import { expect, test } from 'vitest';
import { addressOf, awardedTo, bountyOf, decisionOf, depositOf, offerOf, shareOf, type BountyInit } from '../../testing/bounty.ts';
import { markedIssue } from '../living-comment/living-comment.ts';
import { isNotice, renderNotice, withNoticeMark } from './notice-text.ts';
import { lookAgainAt, noticesDue } from './notices-due.ts';

const { IntentState } = treasury;
const now = new Date('2026-02-01T10:01:00Z');
const due = (init: BountyInit, at = now) => noticesDue(bountyOf(init), at);
const awarded = (nth: number, more = {}) => depositOf(nth, awardedTo([shareOf('7', 10_000, '1000000000', more)]));

test('a time in which an award can be vetoed is told once, to whoever asked for the money and whoever decided', () => {
  const deposits = [awarded(1), awarded(2)];
  const offers = [offerOf('bb', { offeredBy: { githubId: '1', login: 'ada' } as treasury.Person })];
  expect(due({ deposits, offers, decisions: [decisionOf([addressOf(1), addressOf(2)])] })).toEqual([{
    kind: 'window', subject: 'issue-comment/77', people: ['1', '9'], awardees: [{ githubId: '7', bps: 10_000 }], until: '2026-02-04T10:00:00.000Z',
    money: [{ denom: 'sol', amount: '1000000000' }, { denom: 'sol', amount: '1000000000' }],
  }]);
});

test('what a wallet awarded alone is a time of its own, and another one when it is awarded again', () => {
  const again = depositOf(1, awardedTo([shareOf('7', 10_000, '1')], { by: ['funder'], awardedAt: '2026-02-01T10:00:30.000Z' }));
  const [[first], [second]] = [due({ deposits: [awarded(1)] }), due({ deposits: [again] })];
  expect(first?.subject).toBe(`deposit ${addressOf(1)} 2026-02-01T10:00:00.000Z`);
  expect(second?.subject).not.toBe(first?.subject);
});

test.each<[string, BountyInit, Date?]>([
  ['two decided: it is final at once', { deposits: [depositOf(1, awardedTo([shareOf('7', 10_000, '1')], { by: ['funder', 'relayer'], finalAt: '2026-02-01T10:00:00.000Z' }))] }],
  ['it is over', { deposits: [awarded(1)] }, new Date('2026-02-04T10:00:00Z')],
  ['some of it is paid', { deposits: [awarded(1, { settled: 'paid' })] }],
  ['nothing is awarded', { deposits: [depositOf(1)] }],
  ['nobody knows yet which of two comments decided', { deposits: [awarded(1)], decisions: [decisionOf([addressOf(1)]), decisionOf([], { sourceId: '78', intents: [{ deposit: addressOf(1), state: IntentState.WAITING } as treasury.DepositIntent] })] }],
])('no veto is asked for when %s', (_, init, at) => { expect(due(init, at)).toEqual([]); });

test('of two comments that said the same the older one counts, so that it is told once', () => {
  const decisions = [decisionOf([addressOf(1)], { sourceId: '78' }), decisionOf([addressOf(1)], { sourceId: '77' })];
  expect(due({ deposits: [awarded(1)], decisions })[0]?.subject).toBe('issue-comment/77');
});

test('what is awarded again after a veto has a time of its own', () => {
  const vetoing = (state: treasury.IntentState) => ({ ...decisionOf([], { sourceId: '78', action: 'veto' }), intents: [{ deposit: addressOf(1), state, sequence: '2' } as treasury.DepositIntent] });
  const [again, first] = [decisionOf([addressOf(1)], { sourceId: '79' }), decisionOf([addressOf(1)], { sourceId: '77' })];
  const counted = (sequence: string) => ({ ...awarded(1), sequence });
  expect(due({ deposits: [counted('4')], decisions: [again, vetoing(IntentState.DONE), first] })[0]?.subject).toBe('issue-comment/79');
  // A veto that came to nothing ends no time.
  expect(due({ deposits: [counted('4')], decisions: [again, vetoing(IntentState.FAILED), first] })[0]?.subject).toBe('issue-comment/77');
  // The chain has undone it, and the treasury has not believed that yet.
  expect(due({ deposits: [counted('2')], decisions: [vetoing(IntentState.DONE), first] })[0]?.subject).toBe('issue-comment/77');
});

test('whoever has no wallet is told once, with all of their money and the first date', () => {
  const waiting = (nth: number, until: string) => depositOf(nth, awardedTo([shareOf('7', 5_000, '500000000', { waitsFor: 'wallet', claimableUntil: until }), shareOf('8', 5_000, '500000000', { settled: 'paid', waitsFor: '' })]));
  expect(due({ deposits: [waiting(1, '2026-05-06T10:00:00.000Z'), waiting(2, '2026-05-05T10:00:00.000Z')] }).filter(({ kind }) => kind === 'wallet')).toEqual([
    { kind: 'wallet', subject: '7', money: [{ denom: 'sol', amount: '500000000' }, { denom: 'sol', amount: '500000000' }], until: '2026-05-05T10:00:00.000Z' },
  ]);
  for (const waitsFor of ['award', 'cool-down', 'contested', '']) expect(due({ deposits: [awarded(1, { waitsFor })] }).map(({ kind }) => kind)).toEqual(['window']);
});

test('only those it is for are mentioned, and the mark is found again, under its own issue and subject alone', () => {
  const bounty = bountyOf({ deposits: [depositOf(1, awardedTo([shareOf('7', 7_000, '700000000', { waitsFor: 'wallet', claimableUntil: '2026-05-05T10:00:00.000Z' }), shareOf('8', 3_000, '300000000')]))], offers: [offerOf('bb')], decisions: [decisionOf([addressOf(1)])] });
  const logins = new Map([['1', 'ada'], ['9', 'linus'], ['7', 'grace']]);
  const [window, wallet] = noticesDue(bounty, now).map((notice) => ({ notice, text: renderNotice(notice, bounty, logins) }));
  if (window === undefined || wallet === undefined) throw new Error('there are two');
  expect(window.text).toBe(`@ada, @linus: **1 sol** on this issue was awarded to \`grace\` (GitHub user id \`7\`, 70 %), somebody (GitHub user id \`8\`, 30 %). Nobody can undo that any more from 2026-02-04 10:00 UTC on.

If it is wrong, veto it before: with the wallet that funded it [on this page](https://bounties.test/award/1-2); maintainers, and funders whose wallet is linked to their GitHub account, also with a comment that says \`/veto\`.
`);
  expect(wallet.text).toBe('@grace, you were awarded **0.7 sol** for this. To be paid, [link a wallet to your GitHub account](https://bounties.test/link): the payout then follows by itself, once the award is final. It can be claimed until 2026-05-05 10:00 UTC.\n');
  const body = withNoticeMark(wallet.text, '100', wallet.notice);
  expect([isNotice(body, '100', wallet.notice), isNotice(body, '101', wallet.notice), isNotice(body, '100', window.notice), isNotice(`${body}\nand more`, '100', wallet.notice), markedIssue(body)]).toEqual([true, false, false, false, undefined]);
});

test('what no event tells of is looked at again: soon when the treasury does not know yet, else when it is to be paid', () => {
  const again = (more: object, news: string[] = []) => lookAgainAt(bountyOf({ deposits: [awarded(1, more)] }), new Set(news), now)?.toISOString();
  const soon = '2026-02-01T10:01:05.000Z';
  expect(again({ waitsFor: 'award' })).toBe(soon);
  expect(again({ waitsFor: 'wallet' })).toBeUndefined();
  expect(again({ waitsFor: 'wallet' }, ['7'])).toBe(soon);
  expect(again({ waitsFor: 'cool-down', paysFrom: '2026-02-05T00:00:00.000Z' })).toBe('2026-02-05T00:00:00.000Z');
  expect(again({ waitsFor: '', paysFrom: '2026-02-01T00:00:00.000Z' })).toBeUndefined();
  expect(again({ waitsFor: '', settled: 'paid' }, ['7'])).toBeUndefined();
});
