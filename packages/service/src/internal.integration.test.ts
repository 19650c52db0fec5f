import { expect, onTestFinished, test } from 'vitest';
import { createHealth } from './health.ts';
import { startInternal } from './internal.ts';
import { createMetrics } from './metrics.ts';

async function internal() {
  const health = createHealth({ version: '1.2.3', now: () => new Date() });
  const server = await startInternal({ port: 0, metrics: createMetrics('test'), health });
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]();
    await health[Symbol.asyncDispose]();
  });
  return { health, url: server.url };
}

test('probes answer 200 or 503 with JSON', async () => {
  const { health, url } = await internal();
  const ask = async (path: string) => {
    const answer = await fetch(url + path);
    return [answer.status, answer.headers.get('content-type'), ((await answer.json()) as { version: string }).version];
  };
  await expect(ask('/livez')).resolves.toEqual([200, 'application/json', '1.2.3']);
  await expect(ask('/startupz')).resolves.toEqual([503, 'application/json', '1.2.3']);
  await expect(ask('/readyz')).resolves.toEqual([503, 'application/json', '1.2.3']);
  health.started();
  await expect(ask('/startupz')).resolves.toEqual([200, 'application/json', '1.2.3']);
  await expect(ask('/readyz?verbose')).resolves.toEqual([200, 'application/json', '1.2.3']);
});

test('metrics carry the app; those of any process have the names that everybody gives them', async () => {
  const { url } = await internal();
  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.filter((line) => !/^(doubloon|process|nodejs)_\w+\{[^}]*app="test"[^}]*\} /.test(line))).toEqual([]);
});

test.each([['/', 'GET', 404], ['/constructor', 'GET', 404], ['/livez/', 'GET', 404], ['/livez', 'POST', 405], ['/livez', 'HEAD', 200]])('%s by %s is %i', async (path, method, status) => {
  const { url } = await internal();
  expect((await fetch(url + path, { method })).status).toBe(status);
});

test('a port that is taken is a failed start', async () => {
  const { url } = await internal();
  const second = startInternal({ port: Number(new URL(url).port), metrics: createMetrics('test'), health: createHealth({ version: '1', now: () => new Date() }) });
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
