import { expect, onTestFinished, test } from 'vitest';
import { createHealth, type Progress } from './health.ts';

function healthAt(start: string) {
  let time = new Date(start);
  const health = createHealth({ version: '1.2.3', now: () => time });
  onTestFinished(() => health[Symbol.asyncDispose]());
  return { health, pass: (ms: number) => { time = new Date(time.getTime() + ms); } };
}

test('every answer has time, uptime and version', () => {
  const { health, pass } = healthAt('2026-01-01T00:00:00Z');
  pass(1_500);
  for (const answer of [health.live(), health.ready(), health.startup()]) {
    expect(answer).toMatchObject({ time: '2026-01-01T00:00:01.500Z', uptime: 1.5, version: '1.2.3' });
  }
});

test('it is live at once, started and ready only when it says so, and not ready first when it stops', () => {
  const { health } = healthAt('2026-01-01T00:00:00Z');
  const state = () => [health.live().ok, health.startup().ok, health.ready().ok];
  expect(state()).toEqual([true, false, false]);
  health.started();
  expect(state()).toEqual([true, true, true]);
  health.stopping();
  expect(state()).toEqual([true, true, false]);
  health.started();
  expect(state()).toEqual([true, true, false]);
});

test('a dependency that is down makes it not ready, with the reason and since when', () => {
  const { health, pass } = healthAt('2026-01-01T00:00:00Z');
  health.started();
  const chain = health.dependency('chain');
  expect(health.ready()).toMatchObject({ ok: false, dependencies: { chain: { ok: false, reason: 'not asked yet' } } });
  chain.up();
  expect(health.ready()).toMatchObject({ ok: true, dependencies: { chain: { ok: true, since: '2026-01-01T00:00:00.000Z' } } });
  pass(1_000);
  chain.down('ECONNREFUSED');
  pass(1_000);
  chain.down('ECONNRESET');
  expect(health.ready()).toMatchObject({ ok: false, dependencies: { chain: { ok: false, reason: 'ECONNRESET', since: '2026-01-01T00:00:01.000Z' } } });
  chain.up();
  expect(health.ready()).toMatchObject({ ok: true, dependencies: { chain: { ok: true } } });
});

test.each([
  ['caught up for long', { position: '7', end: '7' }, 3_600_000, true],
  ['past an end that was read earlier', { position: '9', end: '7' }, 3_600_000, true],
  ['behind and moving', { position: '6', end: '18446744073709551616' }, 59_000, true],
  ['behind and not moving for a minute', { position: '6', end: '7' }, 60_000, false],
])('a consumer that is %s', (_, at, still, ok) => {
  const { health, pass } = healthAt('2026-01-01T00:00:00Z');
  const progress: Progress = { topic: 'bounty', partition: 0, since: new Date('2026-01-01T00:00:00Z'), ...at };
  health.consumer('bounty', () => [progress]);
  health.started();
  pass(still);
  expect(health.ready()).toMatchObject({ ok, consumers: { bounty: [{ ok, topic: 'bounty', partition: 0, ...at }] } });
});

test('what is not needed to be ready is told all the same', async () => {
  const { health, pass } = healthAt('2026-01-01T00:00:00Z');
  health.started();
  const chain = health.dependency('chain', { needed: false });
  await health.watch('github', () => Promise.reject(new Error('gone')), { everyMs: 3_600_000, needed: false });
  health.consumer('queue', () => [{ position: '0', end: '9', since: new Date('2026-01-01T00:00:00Z') }], { needed: false });
  pass(3_600_000);
  chain.down('CHAIN_UNAVAILABLE');
  expect(health.ready()).toMatchObject({
    ok: true,
    dependencies: { chain: { ok: false, needed: false, reason: 'CHAIN_UNAVAILABLE' }, github: { ok: false, needed: false, reason: 'gone' } },
    consumers: { queue: [{ ok: false, needed: false }] },
  });
  health.dependency('database').down('ECONNREFUSED');
  expect(health.ready().ok).toBe(false);
});

test('no probe asks a dependency: only the watch does, on its own time', async () => {
  const { health } = healthAt('2026-01-01T00:00:00Z');
  let asked = 0;
  await health.watch('database', () => { asked += 1; return Promise.resolve(); }, { everyMs: 3_600_000 });
  health.started();
  for (let i = 0; i < 10; i++) expect(health.ready().ok).toBe(true);
  expect(asked).toBe(1);
});

test('a watched dependency goes down and comes back', async () => {
  const { health } = healthAt('2026-01-01T00:00:00Z');
  health.started();
  let problem: Error | undefined = Object.assign(new Error('hunter2'), { code: '57P03' });
  await health.watch('database', () => (problem === undefined ? Promise.resolve() : Promise.reject(problem)), { everyMs: 5 });
  expect(health.ready()).toMatchObject({ ok: false, dependencies: { database: { reason: '57P03' } } });
  problem = undefined;
  await expect.poll(() => health.ready().ok, { timeout: 5_000 }).toBe(true);
  problem = new Error('gone');
  await expect.poll(() => health.ready().ok, { timeout: 5_000 }).toBe(false);
});

test('an ask that hangs counts as down, and does not hold up the end', async () => {
  const { health } = healthAt('2026-01-01T00:00:00Z');
  await health.watch('database', () => new Promise(() => undefined), { everyMs: 20 });
  expect(health.ready()).toMatchObject({ dependencies: { database: { ok: false, reason: 'no answer in time' } } });
  await health[Symbol.asyncDispose]();
});

test('a loop that hardly turns is not live, and is live again when it turns', async () => {
  const health = createHealth({ version: '1', now: () => new Date(), loopLimitMs: 100 });
  onTestFinished(() => health[Symbol.asyncDispose]());
  await new Promise((resolve) => setTimeout(resolve, 30));
  health.live();
  for (let i = 0; i < 3; i++) {
    const until = performance.now() + 200;
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(health.live().ok).toBe(false);
  await expect.poll(() => health.live().ok, { interval: 100, timeout: 5_000 }).toBe(true);
});
