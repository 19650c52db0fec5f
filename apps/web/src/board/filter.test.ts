import { expect, test } from 'vitest';
import { isFiltered, queryOf, readFilter } from './filter.ts';

test('an address says the filter, and the filter the address', () => {
  const filter = readFilter(new URLSearchParams('?label=good+first+issue%26&denom=usdc&other=1&state='));
  expect(filter).toEqual({ denom: 'usdc', state: '', language: '', label: 'good first issue&', repository: '' });
  expect(readFilter(new URLSearchParams(queryOf(filter)))).toEqual(filter);
  expect(queryOf(filter, '5.1.2')).toBe('?denom=usdc&label=good+first+issue%26&cursor=5.1.2');
  expect(isFiltered(filter)).toBe(true);
});

test('nothing asked for is no question', () => {
  const filter = readFilter(new URLSearchParams('?denom=%20'));
  expect([queryOf(filter), isFiltered(filter)]).toEqual(['', false]);
});
