import { expect, test } from 'vitest';
import { oneAtATime } from './one-at-a-time.ts';

test('runs work in the order it was asked for, also behind work that failed', async () => {
  const inTurn = oneAtATime('publish', 10);
  const order: string[] = [];
  const gate = Promise.withResolvers<undefined>();
  const slow = inTurn(async () => {
    await gate.promise;
    order.push('slow');
    throw new Error('no');
  });
  const quick = inTurn(() => Promise.resolve(void order.push('quick')));
  gate.resolve(undefined);
  await expect(slow).rejects.toThrow('no');
  await quick;
  expect(order).toEqual(['slow', 'quick']);
});

test('refuses what does not fit in its queue, and takes more when it has moved on', async () => {
  const inTurn = oneAtATime('publish', 2);
  const gate = Promise.withResolvers<undefined>();
  const two = [inTurn(() => gate.promise), inTurn(() => gate.promise)];
  await expect(inTurn(() => Promise.resolve())).rejects.toMatchObject({ code: 'EVENT_LOG_UNAVAILABLE' });
  gate.resolve(undefined);
  await Promise.all(two);
  await expect(inTurn(() => Promise.resolve('in'))).resolves.toBe('in');
});
