import { expect, test } from 'vitest';
import { createCounted } from './counted.ts';

function counting() {
  let ms = 0;
  const asked: string[] = [];
  const counted = createCounted<number>({ everyMs: 5_000, now: () => new Date(ms) });
  return { asked, at: (time: number) => { ms = time; }, count: (key: string) => counted(key, async () => Promise.resolve(asked.push(key))), counted };
}

test('what was counted is answered for five seconds, to each question its own, and counted again then', async () => {
  const { asked, at, count } = counting();
  expect(await Promise.all([count('a'), count('b'), count('a')])).toEqual([1, 2, 1]);
  at(4_999);
  expect(await count('a')).toBe(1);
  at(5_000);
  expect(await count('a')).toBe(3);
  expect(asked).toEqual(['a', 'b', 'a']);
});

test('what could not be counted is tried again', async () => {
  const { counted } = counting();
  await expect(counted('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await counted('a', () => Promise.resolve(7))).toBe(7);
});

test('however many questions are asked, at most 200 are remembered', async () => {
  const { asked, count } = counting();
  for (let nth = 0; nth < 201; nth++) await count(String(nth));
  await count('200');
  expect(asked).toHaveLength(201);
  await count('0');
  expect(asked).toHaveLength(202);
});
