import { expect, test } from 'vitest';
import { Quota } from './github-quota.ts';

const now = new Date('2026-01-01T00:00:00Z');
const after = (seconds: number) => new Date(now.getTime() + seconds * 1_000);
const said = (remaining: number, { reset = 600, resource = 'core', skew = 0 } = {}) => new Headers({
  'x-ratelimit-remaining': String(remaining), 'x-ratelimit-reset': String(after(reset + skew).getTime() / 1_000), 'x-ratelimit-resource': resource, 'date': after(skew).toUTCString(),
});

test('of several installations the one with the least left counts', () => {
  const quota = new Quota();
  for (const remaining of [4_000, 12, 4_999]) quota.hear(said(remaining), now);
  expect([...quota.left(now)]).toEqual([['core', 12]]);
});

test('when its hour is over it is forgotten, whatever clock GitHub has', () => {
  for (const skew of [0, 900, -900]) {
    const quota = new Quota();
    quota.hear(said(12, { skew }), now);
    expect([...quota.left(after(599))]).toEqual([['core', 12]]);
    expect([...quota.left(after(600))]).toEqual([]);
    quota.hear(said(4_999), after(600));
    expect([...quota.left(after(600))]).toEqual([['core', 4_999]]);
  }
});

test('resources are counted apart, and those we do not know are one', () => {
  const quota = new Quota();
  for (const [resource, remaining] of [['core', 1], ['graphql', 2], ['x', 4], ['y', 3]] as const) quota.hear(said(remaining, { resource }), now);
  expect([...quota.left(now)]).toEqual([['core', 1], ['graphql', 2], ['other', 3]]);
});

test('an answer that says nothing, or rubbish, changes nothing', () => {
  const quota = new Quota();
  for (const headers of [{}, { 'x-ratelimit-remaining': 'many', 'x-ratelimit-reset': '7' }, { 'x-ratelimit-remaining': '7' }]) quota.hear(new Headers(headers), now);
  expect([...quota.left(now)]).toEqual([]);
});
