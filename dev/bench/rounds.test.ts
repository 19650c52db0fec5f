import { expect, test } from 'vitest';
import { compared, inTurns, median, percentile } from './rounds.ts';

test('contestants run in turn, and the warm-up does not count', async () => {
  const order: string[] = [];
  const run = (name: string) => () => order.push(name);
  const found = await inTurns({ a: run('a'), b: run('b') }, { rounds: 2, warmUp: 1 });
  expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(found).toEqual({ a: [3, 5], b: [4, 6] });
});

test('percentiles are samples, whatever their order', () => {
  const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([0, 0.5, 0.99, 1].map((share) => percentile(samples, share))).toEqual([1, 50, 99, 100]);
  expect(percentile([7], 0.99)).toBe(7);
  expect(percentile([], 0.5)).toBeNaN();
});

test('the median of an even number of samples lies between the two in the middle', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN]);
});

test('the ratio is that of the rounds, not of the medians', () => {
  expect(compared('it', 'ms', [1, 20, 3], [2, 10, 2])).toEqual({ name: 'it', unit: 'ms', ours: 3, baseline: 2, ratio: 1.5, n: 3 });
});
