import { expect, test } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

test('grants the burst, then refuses, then grants again as time passes', () => {
  let time = 0;
  const limit = createRateLimit({ burst: 2, perMinute: 60, keys: 10, now: () => time });
  expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([true, true, false]);
  time += 1_000;
  expect([limit.take('a'), limit.take('a')]).toEqual([true, false]);
});

test('one address does not use up the tokens of another', () => {
  const limit = createRateLimit({ burst: 1, perMinute: 1, keys: 10, now: () => 0 });
  expect([limit.take('a'), limit.take('a'), limit.take('b')]).toEqual([true, false, true]);
});

test('a flood of addresses forgets the least recently used and never grows', () => {
  const limit = createRateLimit({ burst: 1, perMinute: 1, keys: 2, now: () => 0 });
  limit.take('old');
  for (const key of ['a', 'b']) limit.take(key);
  expect(limit.take('old')).toBe(true);
});
