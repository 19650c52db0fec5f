import { expect, test } from 'vitest';
import { readSetback } from './github.ts';

const now = new Date('2026-01-01T00:00:00Z');
const failed = (status: number, headers: Record<string, string> = {}, message = 'no') => Object.assign(new Error(message), { name: 'HttpError', status, response: { status, headers } });
const after = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

test.each<[string, unknown, ReturnType<typeof readSetback>]>([
  ['a connection that broke', Object.assign(new Error('fetch failed'), { status: 500 }), { status: undefined, notBefore: undefined, isUnknown: true }],
  ['a time that ran out', new DOMException('too late', 'TimeoutError'), { status: undefined, notBefore: undefined, isUnknown: true }],
  ['502', failed(502), { status: 502, notBefore: undefined, isUnknown: true }],
  ['404', failed(404), { status: 404, notBefore: undefined, isUnknown: false }],
  ['422', failed(422), { status: 422, notBefore: undefined, isUnknown: false }],
  ['403 with retry-after', failed(403, { 'retry-after': '17' }), { status: 403, notBefore: after(17), isUnknown: false }],
  ['429 with retry-after', failed(429, { 'retry-after': '3' }), { status: 429, notBefore: after(3), isUnknown: false }],
  ['429 without', failed(429), { status: 429, notBefore: after(60), isUnknown: false }],
  ['an exhausted limit', failed(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(after(99).getTime() / 1_000) }), { status: 403, notBefore: after(100), isUnknown: false }],
  ['a secondary limit without a header', failed(403, {}, 'You have exceeded a secondary rate limit'), { status: 403, notBefore: after(60), isUnknown: false }],
  ['a suspended installation', failed(403, { 'x-ratelimit-remaining': '4999' }, 'This installation has been suspended'), { status: 403, notBefore: undefined, isUnknown: false }],
  ['retry-after that is no number', failed(403, { 'retry-after': 'soon' }), { status: 403, notBefore: undefined, isUnknown: false }],
  ['something else', 'thrown', { status: undefined, notBefore: undefined, isUnknown: true }],
])('%s', (_, error, setback) => { expect(readSetback(error, now)).toEqual(setback); });
