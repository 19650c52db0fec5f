import { expect, test } from 'vitest';
import { Budget, githubLimits } from './rate-limits.ts';
import { Refusal } from './refusal.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
/** A budget with GitHub's own limits unless told otherwise, on a clock that can be moved. */
function budget(limits: Partial<typeof githubLimits> = {}) {
  let at = start;
  const it = new Budget('installation ID 7', { ...githubLimits, ...limits }, () => new Date(at));
  return { it, to: (ms: number) => { at = start + ms; } };
}
const refusal = (act: () => void): Refusal | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
};

test('an hour has five thousand requests, begins with the first of them, and starts anew at its reset', () => {
  const { it, to } = budget();
  for (let count = 0; count < 5_000; count++) it.spend(false);
  const no = refusal(() => { it.spend(false); });
  expect([no?.status, no?.headers]).toEqual([403, { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '0', 'x-ratelimit-used': '5000', 'x-ratelimit-reset': String(start / 1000 + 3_600), 'x-ratelimit-resource': 'core' }]);
  expect(no?.message).toMatch(/^API rate limit exceeded for installation ID 7\./);
  to(3_599_999);
  expect(refusal(() => { it.spend(false); })?.status).toBe(403);
  to(3_600_000);
  it.spend(false);
  expect(it.headers()).toMatchObject({ 'x-ratelimit-remaining': '4999', 'x-ratelimit-reset': String(start / 1000 + 7_200) });
});

test('the eighty-first thing created in a minute is told when to come back, and reading goes on', () => {
  const { it, to } = budget();
  for (let count = 0; count < 80; count++) it.spend(true);
  to(20_000);
  const no = refusal(() => { it.spend(true); });
  expect([no?.status, no?.headers]).toEqual([403, { 'retry-after': '40' }]);
  expect(no?.message).toMatch(/^You have exceeded a secondary rate limit\./);
  it.spend(false);
  to(60_000);
  it.spend(true);
});

test('the five hundred and first of an hour waits for the first of it to be an hour old', () => {
  const { it, to } = budget();
  for (let count = 0; count < 500; count++) {
    to(count * 1_000);
    it.spend(true);
  }
  to(600_000);
  expect(refusal(() => { it.spend(true); })?.headers).toEqual({ 'retry-after': '3000' });
});

test('what cost nothing is given back', () => {
  const { it } = budget({ perHour: 1 });
  it.spend(false);
  it.refund();
  it.spend(false);
  expect(refusal(() => { it.spend(false); })?.status).toBe(403);
});
