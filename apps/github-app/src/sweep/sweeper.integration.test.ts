import { startGitHubStandin } from '@doubloon/github-standin';
import { migrationsFolder } from '@doubloon/postgres';
import { testDatabase } from '@doubloon/postgres/testing';
import { createHealth, createLogger, createMetrics } from '@doubloon/service';
import { expect, onTestFinished, test } from 'vitest';
import { secret } from '../../testing/deliver.ts';
import { openProbot } from '../github.ts';
import { storeDelivery } from '../webhooks/intake.ts';
import { createMeasures } from '../measures.ts';
import { startSweeper } from './sweeper.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const now = () => new Date();
const patience = { timeout: 30_000 };

async function openSweeper() {
  const standin = await startGitHubStandin({ webhook: { secret } });
  onTestFinished(() => standin.close());
  const { pool } = await testDatabase(migrationsFolder('github-app'));
  const probot = await openProbot({ appId: standin.app.id, privateKey: standin.app.privateKey, apiUrl: standin.apiUrl }, log);
  const metrics = createMetrics('test');
  const health = createHealth({ version: '0', now, stallMs: 500 });
  onTestFinished(() => health[Symbol.asyncDispose]());
  health.started();
  const start = () => {
    const sweeper = startSweeper({ pool, appId: String(standin.app.id), octokit: () => probot.auth(), store: (delivery) => storeDelivery(pool, delivery), perMinute: 60_000, everyMs: 50, measures: createMeasures(metrics, pool), health, log, now });
    onTestFinished(() => sweeper[Symbol.asyncDispose]());
    return sweeper;
  };
  const told = () => {
    const { ok, consumers } = health.ready() as unknown as { ok: boolean; consumers: { sweep: { ok: boolean }[] } };
    return { ready: ok, sweep: consumers.sweep.map((one) => one.ok) };
  };
  const counted = async (round: string) => Number(new RegExp(`^doubloon_sweep_rounds_total{.*round="${round}".*} (\\d+)$`, 'm').exec(await metrics.metrics())?.[1] ?? 0);
  const asked = () => standin.asked.filter(({ path }) => path.startsWith('/app/hook')).length;
  return { standin, start, told, counted, asked, metrics };
}

test('rounds that fail are counted and told, make nobody unready, and are over when GitHub is back', async () => {
  const { standin, start, told, counted, metrics } = await openSweeper();
  standin.faults.api({ path: /hook\/deliveries/, times: Infinity }, { kind: 'unavailable' });
  start();
  await expect.poll(told, patience).toEqual({ ready: true, sweep: [false] });
  expect(await counted('failed')).toBeGreaterThan(0);
  expect(await counted('good')).toBe(0);
  standin.faults.clear();
  await expect.poll(told, patience).toEqual({ ready: true, sweep: [true] });
  await expect.poll(() => counted('good'), patience).toBeGreaterThan(0);
  expect(Number(/^doubloon_sweep_age_seconds{.*} ([\d.]+)$/m.exec(await metrics.metrics())?.[1])).toBeLessThan(30);
});

test('while GitHub wants no questions, none is asked', async () => {
  const { standin, start, counted, asked } = await openSweeper();
  standin.faults.api({ path: /hook\/deliveries/ }, { kind: 'secondary-limit', retryAfter: 2 });
  start();
  await expect.poll(() => counted('limited'), patience).toBe(1);
  expect(asked()).toBe(1);
  await expect.poll(() => counted('good'), patience).toBeGreaterThan(0);
  const [limited, next] = standin.asked.filter(({ path }) => path.startsWith('/app/hook'));
  expect((next?.startedAt ?? 0) - (limited?.startedAt ?? 0)).toBeGreaterThanOrEqual(1_900);
});

test('it stops in the middle of a question that is not answered', async () => {
  const { standin, start, asked } = await openSweeper();
  standin.faults.api({ path: /hook\/deliveries/ }, { kind: 'hang' });
  const sweeper = start();
  await expect.poll(asked, patience).toBe(1);
  const begun = performance.now();
  await sweeper[Symbol.asyncDispose]();
  expect(performance.now() - begun).toBeLessThan(8_000);
});
