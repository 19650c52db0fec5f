import { expect, test } from 'vitest';
import { shrunk } from './shrink.ts';

const all = Array.from({ length: 40 }, (_, one) => one);
const never = () => false;

test('what fails by itself is all that is left', async () => {
  expect(await shrunk(all, (some) => Promise.resolve(some.includes(17)), never)).toEqual([17]);
});

test('what fails together stays together', async () => {
  expect(await shrunk(all, (some) => Promise.resolve(some.includes(3) && some.includes(31)), never)).toEqual([3, 31]);
});

test('what fails whatever is left out is empty', async () => {
  expect(await shrunk(all, () => Promise.resolve(true), never)).toEqual([]);
});

test('when time is over it answers what it has, which fails', async () => {
  let asked = 0;
  const some = await shrunk(all, (these) => { asked += 1; return Promise.resolve(these.includes(17)); }, () => asked >= 3);
  expect(asked).toBe(3);
  expect(some).toContain(17);
  expect(some.length).toBeLessThan(all.length);
});
