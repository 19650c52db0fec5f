import { expect, test } from 'vitest';
import { mayChange } from './origin.ts';

const ours = 'https://bounties.example';
const post = (headers: Record<string, string>) => new Request(`${ours}/fund/x/prepare`, { method: 'POST', headers });

test('a page of ours may post', () => {
  expect(mayChange(post({ origin: ours, 'sec-fetch-site': 'same-origin' }), ours)).toBe(true);
});

test.each([
  ['another origin', { origin: 'https://evil.example' }],
  ['a sibling subdomain', { origin: ours, 'sec-fetch-site': 'same-site' }],
  ['another site with a forged origin', { origin: ours, 'sec-fetch-site': 'cross-site' }],
  ['the same host over http', { origin: 'http://bounties.example' }],
  ['an opaque origin', { origin: 'null' }],
  ['no origin at all', {}],
])('%s may not post', (_who, headers) => {
  expect(mayChange(post(headers), ours)).toBe(false);
});

test('anybody may read', () => {
  expect(mayChange(new Request(ours), ours)).toBe(true);
});
