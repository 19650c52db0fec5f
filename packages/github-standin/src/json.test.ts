import { expect, test } from 'vitest';
import { toJson } from './json.ts';

test('an id above 2^53 is written as a number of all its digits', () => {
  const id = 2n ** 63n - 1n;
  expect(toJson([{ id, guid: 'a' }])).toBe('[{"id":9223372036854775807,"guid":"a"}]');
});

test('everything else is written as ever', () => {
  const value = { at: new Date(0), none: undefined, nothing: null, text: '9223372036854775807n', list: [1.5, undefined] };
  expect(toJson(value)).toBe(JSON.stringify(value));
});
