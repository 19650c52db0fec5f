import { expect, test } from 'vitest';
import { expected } from '../model/expected.ts';
import { actedOut } from '../judge/testing/acted-out.ts';
import type { Deed, Operation } from '../operation.ts';
import { historyOf } from './history-of.ts';
import { repositories } from './repositories.ts';
import { references } from './without.ts';

const seeds = Array.from({ length: 200 }, (_, seed) => seed);
const histories = seeds.map((seed) => historyOf(seed, { repositories: repositories.length }));
const all = histories.flatMap(({ operations }) => operations);
const kinds = new Set<Deed['kind']>([
  'say', 'edit', 'remove', 'fund', 'link', 'pull', 'merge', 'attempt', 'award', 'sign-award', 'veto', 'sign-veto', 'cancel', 'close', 'reopen', 'retitle', 'rename', 'rename-repository', 'pay', 'refund',
]);

test('every kind of operation occurs, and most of them often', () => {
  const counts = Object.groupBy(all, ({ kind }) => kind);
  for (const kind of kinds) expect([kind, (counts[kind] ?? []).length >= (kind === 'rename-repository' ? 4 : 20)]).toEqual([kind, true]);
});

test.each<[string, (operation: Operation) => boolean]>([
  ['offers of several wishes', (one) => one.kind === 'say' && one.as === 'prose' && one.wishes.length > 1],
  ['the same wish twice', (one) => one.kind === 'say' && one.as === 'prose' && new Set(one.wishes).size < one.wishes.length],
  ['code that asks for nothing', (one) => one.kind === 'say' && one.as === 'code'],
  ['words', (one) => one.kind === 'say' && one.as === 'words'],
  ['edits to nothing', (one) => one.kind === 'edit' && one.wishes.length === 0],
  ['fundings by page, handed in twice', (one) => one.kind === 'fund' && one.way === 'page' && one.twice],
  ['fundings of usdc', (one) => one.kind === 'fund' && all.some((other) => (other.kind === 'say' || other.kind === 'edit') && other.wishes.some(({ denom }) => denom === 'usdc'))],
  ['awards of a pull request', (one) => one.kind === 'award' && 'pull' in one.to],
  ['awards to three', (one) => one.kind === 'award' && !('pull' in one.to) && one.to.length === 3],
  ['awards by who may not', (one) => one.kind === 'award' && one.by === 'stranger'],
  ['vetoes by a funder', (one) => one.kind === 'veto' && (one.by === 'funder' || one.by === 'patron')],
  ['vetoes by who may not', (one) => one.kind === 'veto' && one.by === 'stranger'],
  ['cancels by the maintainer', (one) => one.kind === 'cancel' && one.by === 'maintainer'],
  ['cancels of what somebody offered', (one) => one.kind === 'cancel' && one.by !== 'maintainer'],
  ['closings as not planned', (one) => one.kind === 'close' && one.as === 'not_planned'],
])('there are %s', (_, is) => { expect(all.some(is)).toBe(true); });

test('the money of histories comes to every end', () => {
  const ends = histories.flatMap((history) => expected(history, actedOut(history)).deposits);
  const count = (is: (one: (typeof ends)[number]) => boolean): number => ends.filter(is).length;
  expect(count(({ state }) => state === 'held')).toBeGreaterThan(3);
  expect(count(({ state }) => state === 'cancelled')).toBeGreaterThan(10);
  expect(count(({ state, award }) => state === 'refunded' && award === undefined)).toBeGreaterThan(30);
  expect(count(({ state }) => state === 'paid')).toBeGreaterThan(30);
  expect(count(({ award }) => award?.shares.some(({ settled }) => settled === 'refunded') === true)).toBeGreaterThan(10);
  expect(count(({ undone }) => undone.some(({ how }) => how === 'vetoed'))).toBeGreaterThan(5);
  expect(count(({ undone }) => undone.some(({ how }) => how === 'withdrawn'))).toBeGreaterThan(5);
  expect(count(({ undone, award }) => undone.length > 0 && award !== undefined)).toBeGreaterThan(0);
});

test('the same seed has the same history, another one another', () => {
  expect(historyOf(7, { repositories: 4 })).toEqual(historyOf(7, { repositories: 4 }));
  expect(historyOf(8, { repositories: 4 }).operations).not.toEqual(historyOf(7, { repositories: 4 }).operations);
});

test('a history has at least twenty operations, by round, which refer to what was done before', () => {
  for (const { operations } of histories) {
    expect(operations.length).toBeGreaterThanOrEqual(20);
    expect(operations.map(({ round }) => round)).toEqual(operations.map(({ round }) => round).toSorted());
    for (const [place, operation] of operations.entries()) for (const of of references(operation)) expect(of).toBeLessThan(place);
  }
});

test('what is funded is offered at the time, under the newest words', () => {
  for (const history of histories) {
    const funded = new Set(expected(history, actedOut(history)).deposits.map(({ at }) => at));
    expect({ seed: history.seed, unfunded: history.operations.flatMap(({ kind }, place) => (kind === 'fund' && !funded.has(place) ? [place] : [])) }).toEqual({ seed: history.seed, unfunded: [] });
  }
});

test('whoever decides does so in a round in which nobody funds, or takes another name', () => {
  for (const { operations } of histories) for (const round of [0, 1, 2, 3, 4]) {
    const here = new Set(operations.filter((one) => one.round === round).map((one) => (one.kind === 'cancel' && one.by !== 'maintainer' ? 'say' : one.kind)));
    const decides = ['award', 'sign-award', 'veto', 'sign-veto', 'cancel'].some((kind) => here.has(kind as Deed['kind']));
    if (decides) expect([...here].filter((kind) => kind === 'fund' || kind === 'rename')).toEqual([]);
  }
});
