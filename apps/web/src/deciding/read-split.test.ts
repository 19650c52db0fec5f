import { expect, test } from 'vitest';
import { readRows, readSplit } from './read-split.ts';

const query = (...people: (readonly [string, string])[]) => new URLSearchParams(people.flatMap(([login, percent]) => [['login', login], ['percent', percent]]));
const read = (...people: (readonly [string, string])[]) => readSplit(readRows(query(...people)));

test('percentages with at most two decimals are basis points, and the comment says the same', () => {
  expect(read(['@ada', '33.34 %'], ['grace', '66.66'])).toEqual({ kind: 'split', shares: [{ login: 'ada', bps: 3334 }, { login: 'grace', bps: 6666 }], comment: '/award @ada 33.34% @grace 66.66%' });
  expect(read(['ada', '100'])).toMatchObject({ shares: [{ login: 'ada', bps: 10_000 }] });
});

test('without percentages all get the same, and the first what rounding leaves', () => {
  expect(read(['ada', ''], ['grace', ''], ['linus', ''])).toEqual({ kind: 'split', shares: [{ login: 'ada', bps: 3334 }, { login: 'grace', bps: 3333 }, { login: 'linus', bps: 3333 }], comment: '/award @ada @grace @linus' });
});

test.each<[string, (readonly [string, string])[], string]>([
  ['less than 100', [['ada', '50'], ['grace', '49.99']], 'add up to exactly 100'],
  ['more than 100', [['ada', '50'], ['grace', '50.01']], 'add up to exactly 100'],
  ['nothing for somebody', [['ada', '100'], ['grace', '0']], 'above 0'],
  ['a percentage for one only', [['ada', '50'], ['grace', '']], 'add up to exactly 100'],
  ['three decimals', [['ada', '33.333'], ['grace', '66.667']], 'at most two decimals'],
  ['a comma', [['ada', '50,5'], ['grace', '49,5']], 'at most two decimals'],
  ['a minus', [['ada', '-50'], ['grace', '150']], 'at most two decimals'],
  ['an exponent', [['ada', '1e2']], 'at most two decimals'],
  ['somebody twice, in other letters', [['ada', '50'], ['ADA', '50']], 'named twice'],
  ['a percentage of nobody', [['ada', '50'], ['', '50']], 'Nobody is named'],
  ['two logins in a line', [['ada 50% @mallory', '50'], ['grace', '50']], 'not a GitHub login'],
  ['markup', [['<b>', '100']], 'not a GitHub login'],
])('%s is no split, and says why', (_what, people, words) => {
  const found = read(...people);
  expect(found.kind).toBe('problem');
  expect(found.kind === 'problem' && found.problem).toContain(words);
});

test('nine people are too many, also when somebody writes the address by hand', () => {
  const nine = Array.from({ length: 9 }, (_, index) => [`p${String(index)}`, ''] as const);
  expect(read(...nine)).toMatchObject({ kind: 'problem', problem: expect.stringContaining('at most 8') as unknown });
});

test('an empty form has two lines, and keeps what is filled in when one is added', () => {
  expect(readSplit(readRows(new URLSearchParams()))).toEqual({ kind: 'empty' });
  expect(readRows(new URLSearchParams())).toHaveLength(2);
  const filled = query(['ada', '70'], ['', ''], ['grace', '30']);
  filled.set('more', '1');
  expect(readRows(filled)).toEqual([{ login: 'ada', percent: '70' }, { login: 'grace', percent: '30' }, { login: '', percent: '' }]);
});
