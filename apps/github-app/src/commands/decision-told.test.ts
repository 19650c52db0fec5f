import { create, treasury } from '@doubloon/rpc';
import { expect, test } from 'vitest';
import { addressOf, awardedTo, bountyOf, decisionOf, depositOf, shareOf } from '../../testing/bounty.ts';
import { notReached, otherWay } from './decision-told.ts';
import type { DecisionCommand } from './source-row.ts';

const { DepositState, IntentState } = treasury;
const awarded = awardedTo([shareOf('7', 10_000, '1000000000')]);
const told = (action: DecisionCommand, deposits: Parameters<typeof bountyOf>[0]['deposits'], { touched = [], failed = [], untouched = [] }: { touched?: number[]; failed?: number[]; untouched?: [number, string][] }) => notReached(action, {
  decision: create(treasury.DecisionSchema, decisionOf([], { intents: [
    ...touched.map((nth) => ({ deposit: addressOf(nth), state: IntentState.DONE } as treasury.DepositIntent)),
    ...failed.map((nth) => ({ deposit: addressOf(nth), state: IntentState.FAILED, problem: 'Something else was decided.' } as treasury.DepositIntent)),
  ] })),
  untouched: untouched.map(([nth, reason]) => ({ deposit: addressOf(nth), reason }) as treasury.Untouched),
}, bountyOf({ ...(deposits === undefined ? {} : { deposits }) }));

test('a deposit whose funder decides alone is told with the page where they can, also when the treasury does not repeat it', () => {
  expect(told('award', [depositOf(1, awarded), depositOf(2, { withRelayer: false })], { touched: [1] })).toEqual([
    '`1 sol` from `7xKX…gAsU` is not awarded by this: Its funder decides alone. They can award it [here](https://bounties.test/award/1-2).',
  ]);
});

test('what failed and what could not be touched is told with its reason, what is over or came later is not', () => {
  const deposits = [depositOf(1, awarded), depositOf(2), depositOf(3), depositOf(4), depositOf(5, { state: DepositState.REFUNDED })];
  expect(told('award', deposits, { touched: [1], failed: [2], untouched: [[3, 'An earlier award of it was vetoed.'], [5, 'It is over.']] }).map((sentence) => sentence.slice(25))).toEqual([
    'is not awarded by this: Something else was decided.', 'is not awarded by this: An earlier award of it was vetoed.',
  ]);
  expect(told('cancel', deposits, { touched: [2, 3, 4], untouched: [[1, 'It is awarded already.']] }).map((sentence) => sentence.slice(25))).toEqual(['is not sent back: It is awarded already.']);
});

test('more than five are summed up', () => {
  const sentences = told('award', Array.from({ length: 9 }, (_, nth) => depositOf(nth + 1)), { untouched: Array.from({ length: 9 }, (_, nth) => [nth + 1, 'No.']) });
  expect([sentences.length, sentences.at(-1)]).toEqual([6, 'So are 4 more.']);
});

test('who is refused hears of the way by wallet where there is one', () => {
  expect(otherWay('veto', 'NOT_A_MAINTAINER', bountyOf({}))).toContain('https://bounties.test/award/1-2');
  expect(otherWay('award', undefined, bountyOf({ deposits: [depositOf(1, { withRelayer: false })] }))).toContain('https://bounties.test/award/1-2');
  expect(otherWay('award', 'EDITED', bountyOf({ deposits: [depositOf(1)] }))).toBe('');
});
