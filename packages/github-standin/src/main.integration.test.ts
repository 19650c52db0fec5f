import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => { child.kill('SIGKILL'); });
  return child;
}

test.each(['SIGTERM', 'SIGINT'] as const)('the command prints one line, serves, and ends well on %s', async (signal) => {
  const child = run({ WEBHOOK_SECRET: 'of the test' });
  const lines: string[] = [];
  const reader = createInterface(child.stdout).on('line', (line) => lines.push(line));
  await once(reader, 'line');
  const told = JSON.parse(lines[0] ?? '') as { url: string; apiUrl: string; app: { slug: string; privateKey: string }; installationId: number; tokens: Record<string, string> };
  expect(told).toMatchObject({ app: { slug: 'doubloon', privateKey: expect.stringContaining('BEGIN RSA PRIVATE KEY') as string }, tokens: { ada: 'user-ada' } });
  expect((await fetch(told.url)).status).toBe(200);
  child.kill(signal);
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(lines).toHaveLength(1);
  await expect(fetch(told.url)).rejects.toThrow();
});

test('every problem of the environment is said at once', async () => {
  const child = run({ PORT: 'x', WEBHOOK_URL: 'nowhere' });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(said.trim()).toBe("The configuration can't be used: PORT is not a port; WEBHOOK_SECRET is missing; WEBHOOK_URL is not a URL.");
});

test('it can begin without an App, for somebody to register one', async () => {
  const child = run({ APP: 'none' });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  expect(Object.keys(JSON.parse(line) as object)).toEqual(['url', 'apiUrl', 'tokens']);
});
