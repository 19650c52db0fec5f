import { expect, test } from 'vitest';
import { parseGitHubId, parseOfferId } from './ids.ts';

test.each(['1', '9007199254740993', '18446744073709551615'])('%s is an id of GitHub', (text) => {
  expect(parseGitHubId(text)).toBe(text);
});

test.each(['', '0', '01', '-1', '1.0', '1e3', ' 1', '18446744073709551616', '٣', 'ada'])('"%s" is no id of GitHub', (text) => {
  expect(parseGitHubId(text)).toBeUndefined();
});

test('an offer id is 32 lower-case hexadecimal digits', () => {
  expect(parseOfferId('00ff'.repeat(8))).toBe('00ff'.repeat(8));
  for (const text of ['', '00FF'.repeat(8), '0'.repeat(31), '0'.repeat(33), `${'0'.repeat(31)}\n`]) expect(parseOfferId(text)).toBeUndefined();
});
