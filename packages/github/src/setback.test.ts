import { expect, test } from 'vitest';
import { readSetback, type Setback } from './setback.ts';

const now = new Date('2026-01-01T00:00:00Z');
const failed = (status: number, headers: Record<string, string> = {}, message = 'no') => Object.assign(new Error(message), { name: 'HttpError', status, response: { status, headers } });
const after = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

test.each<[string, unknown, Omit<Setback, 'notBefore'> & { notBefore?: Date }]>([
  ['a connection that broke', Object.assign(new Error('fetch failed'), { status: 500 }), { status: undefined, isUnknown: true, refusal: 'unanswered' }],
  ['a time that ran out', new DOMException('too late', 'TimeoutError'), { status: undefined, isUnknown: true, refusal: 'unanswered' }],
  ['502', failed(502), { status: 502, isUnknown: true, refusal: 'unanswered' }],
  ['404', failed(404), { status: 404, isUnknown: false, refusal: 'missing' }],
  ['410', failed(410), { status: 410, isUnknown: false, refusal: 'missing' }],
  ['401', failed(401), { status: 401, isUnknown: false, refusal: 'token' }],
  ['422', failed(422), { status: 422, isUnknown: false, refusal: 'invalid' }],
  ['403 with retry-after', failed(403, { 'retry-after': '17' }), { status: 403, notBefore: after(17), isUnknown: false, refusal: 'limit' }],
  ['429 with retry-after', failed(429, { 'retry-after': '3' }), { status: 429, notBefore: after(3), isUnknown: false, refusal: 'limit' }],
  ['429 without', failed(429), { status: 429, notBefore: after(60), isUnknown: false, refusal: 'limit' }],
  ['an exhausted limit', failed(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(after(99).getTime() / 1_000) }), { status: 403, notBefore: after(100), isUnknown: false, refusal: 'limit' }],
  ['an exhausted limit at a GitHub whose clock is ten minutes ahead', failed(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(after(699).getTime() / 1_000), 'date': after(600).toUTCString() }), { status: 403, notBefore: after(100), isUnknown: false, refusal: 'limit' }],
  ['an exhausted limit at a GitHub whose clock is ten minutes behind', failed(429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(after(-501).getTime() / 1_000), 'date': after(-600).toUTCString() }), { status: 429, notBefore: after(100), isUnknown: false, refusal: 'limit' }],
  ['an exhausted limit that is over already', failed(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(after(-99).getTime() / 1_000) }), { status: 403, notBefore: after(1), isUnknown: false, refusal: 'limit' }],
  ['retry-after with more than an hour', failed(403, { 'retry-after': '99999999999' }), { status: 403, notBefore: after(3_660), isUnknown: false, refusal: 'limit' }],
  ['a secondary limit without a header', failed(403, {}, 'You have exceeded a secondary rate limit'), { status: 403, notBefore: after(60), isUnknown: false, refusal: 'limit' }],
  ['a suspended installation', failed(403, { 'x-ratelimit-remaining': '4999' }, 'This installation has been suspended'), { status: 403, isUnknown: false, refusal: 'forbidden' }],
  ['a locked issue', failed(403, { 'x-ratelimit-remaining': '4999' }, 'Unable to create comment because issue is locked. - https://docs.github.com/'), { status: 403, isUnknown: false, refusal: 'locked' }],
  ['an archived repository', failed(403, {}, 'Repository was archived so is read-only.'), { status: 403, isUnknown: false, refusal: 'archived' }],
  ['retry-after that is no number', failed(403, { 'retry-after': 'soon' }), { status: 403, isUnknown: false, refusal: 'forbidden' }],
  ['something else', 'thrown', { status: undefined, isUnknown: true, refusal: 'unanswered' }],
])('%s', (_, error, setback) => { expect(readSetback(error, now)).toEqual({ notBefore: undefined, ...setback }); });
