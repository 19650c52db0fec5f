import { DoubloonError } from '@doubloon/errors';
import { expect, test } from 'vitest';
import { each } from './each.ts';

const bad = new Error('this row is bad');
async function tried(failing: ReadonlyMap<number, unknown>): Promise<{ done: number[]; failure: unknown }> {
  const done: number[] = [];
  const failure = await each([1, 2, 3, 4], (row) => {
    done.push(row);
    return failing.has(row) ? Promise.reject(failing.get(row) as Error) : Promise.resolve();
  }).catch((error: unknown) => error);
  return { done, failure };
}

test('all in order', async () => {
  expect(await tried(new Map())).toEqual({ done: [1, 2, 3, 4], failure: undefined });
});

test('a bad row keeps no other from its turn, and is told at the end', async () => {
  expect(await tried(new Map([[1, bad], [3, new Error('so is this')]]))).toEqual({ done: [1, 2, 3, 4], failure: bad });
});

test.each([
  ['the chain', new DoubloonError('CHAIN_UNAVAILABLE', { call: 'getSlot' })],
  ['the right chain', new DoubloonError('GENESIS_MISMATCH', { pinned: 'a', found: 'b' })],
  ['the program', new DoubloonError('PROGRAM_REFUSED', { program: 'p', problem: 'it is another' })],
  ['the database', Object.assign(new Error('said'), { code: 'ECONNREFUSED' })],
])('without %s nobody goes on', async (_what, failure) => {
  expect(await tried(new Map<number, unknown>([[1, bad], [2, failure]]))).toEqual({ done: [1, 2], failure: bad });
});
