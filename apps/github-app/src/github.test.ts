import { expect, test } from 'vitest';
import { readSetback } from './github.ts';
import { TooSoon } from './issues/installation-pace.ts';

test('our own pace is no refusal of GitHub', () => {
  const notBefore = new Date('2026-01-01T00:00:05Z');
  expect(readSetback(new TooSoon(notBefore), new Date('2026-01-01T00:00:00Z'))).toEqual({ status: undefined, notBefore, isUnknown: false, refusal: undefined });
});
