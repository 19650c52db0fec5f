import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sharedReading } from './shared-reading.ts';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

test('who asks for the same within the time hears the same, and it is read once; another is another, and later is anew', async () => {
  const asked: string[] = [];
  const read = sharedReading(200, (key: string) => Promise.resolve(asked.push(key)));
  expect(await Promise.all(['ada', 'ada', 'grace'].map(read))).toEqual([1, 1, 2]);
  vi.advanceTimersByTime(199);
  expect(await read('ada')).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await read('ada')).toBe(3);
  expect(asked).toEqual(['ada', 'grace', 'ada']);
});

test('a failure is heard by those who wait for it, and by nobody after', async () => {
  let isAway = true;
  const read = sharedReading(200, () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve('back')));
  const both = await Promise.allSettled([read('ada'), read('ada')]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isAway = false;
  expect(await read('ada')).toBe('back');
});
