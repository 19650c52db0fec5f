import { expect, test, vi } from 'vitest';
import { createLogger } from '@doubloon/service';
import { startRounds } from './rounds.ts';

const log = createLogger({ name: 'test', level: 'silent' });

test('a wake during a round is not lost: the next round follows at once', async () => {
  let rounds = 0;
  const first = Promise.withResolvers<undefined>();
  const running = startRounds({ name: 'test', everyMs: 600_000, log, round: async () => { if (++rounds === 1) await first.promise; } });
  running.wake();
  first.resolve(undefined);
  await vi.waitFor(() => { expect(rounds).toBe(2); });
  await running[Symbol.asyncDispose]();
});

test('a round that fails is run again, and health hears of both', async () => {
  const heard: string[] = [];
  const health = { up: () => { heard.push('up'); }, down: (reason: string) => { heard.push(reason); } };
  let rounds = 0;
  const running = startRounds({ name: 'test', everyMs: 1, log, health, round: () => (++rounds === 1 ? Promise.reject(Object.assign(new Error('no'), { code: 'CHAIN_UNAVAILABLE' })) : Promise.resolve()) });
  await vi.waitFor(() => { expect(heard.slice(0, 2)).toEqual(['CHAIN_UNAVAILABLE', 'up']); });
  await running[Symbol.asyncDispose]();
});

test('closing waits for the round under way and starts none after it', async () => {
  const gate = Promise.withResolvers<undefined>();
  let [rounds, closed] = [0, false];
  const running = startRounds({ name: 'test', everyMs: 1, log, round: async () => { rounds++; await gate.promise; } });
  const closing = running[Symbol.asyncDispose]().then(() => { closed = true; });
  await Promise.resolve();
  expect(closed).toBe(false);
  gate.resolve(undefined);
  await closing;
  expect(rounds).toBe(1);
});
