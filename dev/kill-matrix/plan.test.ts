import { failpoints, laws } from '@doubloon/failpoints';
import { expect, test } from 'vitest';
import { planAll, planLaws, played } from './plan.ts';
import { seeded, shuffled } from '../histories/seeded.ts';

const seeds = Array.from({ length: 200 }, (_, seed) => seed);

test('every failpoint that a history comes by is in the matrix once, whatever the seed', () => {
  expect(Object.entries(failpoints).flatMap(([name, point]) => (point.app === 'identity' || 'isUnplayed' in point ? [] : [name]))).toEqual(played);
  for (const seed of seeds) expect(planAll(seeded(seed)).flatMap(({ kills }) => kills.map(({ name }) => name)).sort()).toEqual(played.toSorted());
});

test('the same seed plans the same', () => {
  expect(planAll(seeded(7))).toEqual(planAll(seeded(7)));
  expect(planAll(seeded(7))).not.toEqual(planAll(seeded(8)));
});

test('nothing is to die after what comes last, nor before what comes first, and no history has two endings', () => {
  for (const seed of seeds) {
    for (const { kills, ending } of planAll(seeded(seed))) {
      const names = kills.filter(({ app }) => app === 'github-app').map(({ name }) => name);
      expect(names.length).toBeLessThanOrEqual(2);
      for (const name of ['comment-created', 'offer-opened', 'sweep-page-read'] as const) if (names.includes(name)) expect(names[0]).toBe(name);
      if (names.includes('top-up-opened')) expect([names.at(-1), ending]).toEqual(['top-up-opened', 'more']);
      if (names.includes('problem-told')) expect([names.at(-1), ending]).toEqual(['problem-told', 'less']);
    }
  }
});

test('each law is broken in the matrix', () => {
  expect([...new Set(planLaws(seeded(1)).map(({ run }) => run.lawOff))].sort()).toEqual([...laws].sort());
});

test('a shuffle has the same cards, in an order that its seed tells', () => {
  const cards = Array.from({ length: 52 }, (_, card) => card);
  expect(shuffled(cards, seeded(1)).sort((a, b) => a - b)).toEqual(cards);
  expect(shuffled(cards, seeded(1))).toEqual(shuffled(cards, seeded(1)));
  expect(shuffled(cards, seeded(1))).not.toEqual(cards);
});
