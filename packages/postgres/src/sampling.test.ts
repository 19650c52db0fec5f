import { expect, test } from 'vitest';
import { sampling } from './sampling.ts';

test('it answers what was asked for, anew each time', async () => {
  let asked = 0;
  const sample = sampling(() => Promise.resolve(asked += 1));
  expect([await sample(), await sample()]).toEqual([1, 2]);
});

test('a failure is no answer, and the next question is asked', async () => {
  let asked = 0;
  const sample = sampling(() => (asked++ === 0 ? Promise.reject(new Error('away')) : Promise.resolve('there')));
  expect([await sample(), await sample()]).toEqual([undefined, 'there']);
});

test('a question without an answer ends after a second for whoever asked, and is not asked again meanwhile', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  let asked = 0;
  const sample = sampling(() => {
    asked += 1;
    return promise;
  });
  expect(await Promise.all([sample(), sample(), sample()])).toEqual([undefined, undefined, undefined]);
  const late = sample();
  resolve('late');
  expect([await late, asked]).toEqual(['late', 1]);
});
