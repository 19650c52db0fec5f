import { expect, test, vi } from 'vitest';
import { DoubloonError } from '@doubloon/errors';
import { createLogger } from './logger.ts';
import { pauseAfter, startRounds } from './rounds.ts';

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

test('failures in a row make it wait longer, up to an end, and what is seldom done no more seldom', () => {
  expect([0, 1, 2, 3, 4, 5, 100].map((failures) => pauseAfter(failures, 1_000))).toEqual([1_000, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
  expect(pauseAfter(10, 5_000)).toBe(15_000);
  expect(pauseAfter(10, 60_000)).toBe(60_000);
});

test('while a neighbour wants to be left alone nobody wakes it, and closing does not wait for that', async () => {
  const outcomes: string[] = [];
  const failure = new DoubloonError('CHAIN_UNAVAILABLE', { call: 'getSlot', retryAfterMs: 200 });
  const startedAt = performance.now();
  let rounds = 0;
  const running = startRounds({ name: 'test', everyMs: 1, log, ended: (outcome) => { outcomes.push(outcome); }, round: () => (++rounds === 1 ? Promise.reject(failure) : Promise.resolve()) });
  const waking = setInterval(() => { running.wake(); }, 5);
  await vi.waitFor(() => { expect(outcomes.slice(0, 2)).toEqual(['CHAIN_UNAVAILABLE', 'good']); });
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(198);
  clearInterval(waking);
  await running[Symbol.asyncDispose]();
  const long = startRounds({ name: 'test', everyMs: 1, log, round: () => Promise.reject(new DoubloonError('CHAIN_UNAVAILABLE', { call: 'getSlot', retryAfterMs: 60_000 })) });
  await long[Symbol.asyncDispose]();
});
