import { expect, test } from 'vitest';
import { differences, hashOf, type Standing } from './standing.ts';

const standing: Standing = { offers: ['1 issue-comment/7#0 5 sol funded'], deposits: ['D of O', 'E of O'], identities: ['9 linked W'], comments: ['1 of ours 3', '1 of ours 4'], chain: ['relayer R 100'] };

test('the same facts have the same hash in whatever order they were read, and no difference', () => {
  const turned = { ...standing, deposits: standing.deposits.toReversed(), comments: standing.comments.toReversed() };
  expect(hashOf(turned)).toBe(hashOf(standing));
  expect(differences(standing, turned)).toEqual([]);
});

test.each<[string, Partial<Standing>, string[]]>([
  ['a deposit that is lost', { deposits: ['D of O'] }, ['deposits: missing is E of O']],
  ['a second comment', { comments: [...standing.comments, '1 of ours 5'] }, ['comments: too much is 1 of ours 5']],
  ['the same line twice', { comments: [...standing.comments, '1 of ours 4'] }, ['comments: too much is 1 of ours 4']],
  ['a transaction that cost something', { chain: ['relayer R 95'] }, ['chain: missing is relayer R 100', 'chain: too much is relayer R 95']],
  ['a line that moved into another part', { offers: [], identities: [...standing.identities, ...standing.offers] }, ['offers: missing is 1 issue-comment/7#0 5 sol funded', 'identities: too much is 1 issue-comment/7#0 5 sol funded']],
])('%s is told, and has another hash', (_, change, told) => {
  expect(differences(standing, { ...standing, ...change })).toEqual(told);
  expect(hashOf({ ...standing, ...change })).not.toBe(hashOf(standing));
});
