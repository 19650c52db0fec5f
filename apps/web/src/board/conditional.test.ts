import { expect, test } from 'vitest';
import { conditional } from './conditional.ts';

const changedAt = new Date('2027-02-19T13:05:00.500Z');
const ask = (headers: Record<string, string> = {}, body = 'a') => conditional(new Request('http://a.example/', { headers }), body, { type: 'image/svg+xml', maxAge: 60, changedAt });

test('answers with what it is, when it changed, and how long it may be kept', async () => {
  const answer = ask();
  expect([answer.status, await answer.text()]).toEqual([200, 'a']);
  expect(Object.fromEntries(answer.headers)).toMatchObject({ 'content-type': 'image/svg+xml; charset=utf-8', 'last-modified': 'Fri, 19 Feb 2027 13:05:00 GMT', 'cache-control': 'public, max-age=60', 'content-security-policy': "default-src 'none'; sandbox" });
});

test('is not sent again to whoever has it', async () => {
  const etag = ask().headers.get('etag') ?? '';
  for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) expect(ask({ 'if-none-match': known }).status, known).toBe(304);
  expect(await ask({ 'if-none-match': etag }).text()).toBe('');
  expect(ask({ 'if-modified-since': 'Fri, 19 Feb 2027 13:05:00 GMT' }).status).toBe(304);
});

test('is sent to whoever has another, an older, or says nothing that can be read', () => {
  const etag = ask().headers.get('etag') ?? '';
  expect(ask({ 'if-none-match': etag }, 'b').status).toBe(200);
  expect(ask({ 'if-none-match': '"x"', 'if-modified-since': 'Fri, 19 Feb 2027 13:05:00 GMT' }).status).toBe(200);
  expect(ask({ 'if-modified-since': 'Fri, 19 Feb 2027 13:04:59 GMT' }).status).toBe(200);
  expect(ask({ 'if-modified-since': 'yesterday' }).status).toBe(200);
});
