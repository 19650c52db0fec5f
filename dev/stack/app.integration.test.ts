import { expect, onTestFinished, test } from 'vitest';
import { openApp, type App } from './app.ts';
import { freePort } from './ports.ts';

async function echo(): Promise<{ app: App; lines: string[] }> {
  const lines: string[] = [];
  const app = await openApp({ name: 'echo', entry: 'packages/service/testing/echo-service.ts', env: { NODE_ENV: 'test' }, internalPort: await freePort(), onLine: (line) => { lines.push(line); } });
  onTestFinished(() => app[Symbol.asyncDispose]());
  return { app, lines };
}

test('an app that was killed starts again on the same ports, as another process', async () => {
  const { app, lines } = await echo();
  const { pid, internalUrl } = app;
  await app.kill();
  await expect(app.exited()).resolves.toBe('SIGKILL');
  expect(lines.join()).not.toContain('stopping');
  await app.start();
  expect(app.pid).not.toBe(pid);
  expect((await fetch(`${app.internalUrl}/readyz`)).status).toBe(200);
  expect(app.internalUrl).toBe(internalUrl);
});

test('an app that is stopped finishes what it does, and exits 0', async () => {
  const { app, lines } = await echo();
  await app.stop();
  await expect(app.exited()).resolves.toBe(0);
  expect(lines.join()).toContain('second closed');
});

test('settings on top hold for one start, and one that dies while it starts is told at once', async () => {
  const { app } = await echo();
  await app.kill();
  await expect(app.start({ ECHO_FAULT: 'start' })).rejects.toThrow(/echo did not become ready:[^]*no tea/);
  // Of this one, and not of the one before it: the kill matrix takes SIGKILL for its failpoint.
  await expect(app.exited()).resolves.toBe(1);
  await app.start();
  expect((await fetch(`${app.internalUrl}/readyz`)).status).toBe(200);
});
