import { expect, test } from 'vitest';
import { requestsLeft } from './requests-left.ts';

const now = new Date('2026-01-02T03:04:05Z');
const left = (reset: string) => requestsLeft({ 'x-ratelimit-remaining': '7', 'x-ratelimit-limit': '5000', 'x-ratelimit-reset': reset }, now);

test('the next hour begins by GitHub’s word, and an hour is no longer than one, whatever an answer says', () => {
  expect(left(String(now.getTime() / 1_000 + 59))).toEqual({ remaining: 7, limit: 5_000, waitMs: 60_000 });
  for (const reset of ['99999999999999', '1e308']) expect(left(reset)?.waitMs).toBe(3_660_000);
  expect(left('1')?.waitMs).toBe(0);
  expect(left('soon')).toBeUndefined();
});
