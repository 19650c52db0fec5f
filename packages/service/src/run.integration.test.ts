import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startProcess } from '../testing/process.ts';

const start = (env: Record<string, string> = {}) => startProcess(join(import.meta.dirname, '../testing/echo-service.ts'), env);
const messages = (service: ReturnType<typeof start>) => service.lines.map(({ msg }) => msg);

test.each(['SIGTERM', 'SIGINT'] as const)('%s: not ready first, takes nothing new, closes in reverse order, exits 0', async (signal) => {
  const service = start();
  await service.logged('started');
  await expect(service.probe('/readyz')).resolves.toBe(200);
  service.kill(signal);
  await expect(service.ended).resolves.toBe(0);
  expect(messages(service)).toEqual(['starting', 'started', 'stopping', 'takes nothing new', 'second closed', 'first closed', 'stopped']);
  expect(service.lines.find(({ msg }) => msg === 'second closed')).toMatchObject({ signal: true });
  expect(service.stderr()).toBe('');
});

test('while it closes, the probes still answer: live, and not ready', async () => {
  const service = start({ ECHO_FAULT: 'close-hangs' });
  await service.logged('started');
  service.kill('SIGTERM');
  await service.logged('second closed');
  await expect(service.probe('/readyz')).resolves.toBe(503);
  await expect(service.probe('/livez')).resolves.toBe(200);
});

test('a stop that takes longer than STOP_WITHIN ends with 1', async () => {
  const service = start({ ECHO_FAULT: 'close-hangs', STOP_WITHIN: '100ms' });
  await service.logged('started');
  service.kill('SIGTERM');
  await expect(service.ended).resolves.toBe(1);
  expect(messages(service)).toContain('the stop took too long');
});

test('a second signal ends it at once', async () => {
  const service = start({ ECHO_FAULT: 'close-hangs' });
  await service.logged('started');
  service.kill('SIGTERM');
  await service.logged('second closed');
  service.kill('SIGTERM');
  await expect(service.ended).resolves.toBe(1);
});

test('a signal during a start that hangs ends it within STOP_WITHIN', async () => {
  const service = start({ ECHO_FAULT: 'start-hangs', STOP_WITHIN: '100ms' });
  await service.logged('starting');
  await expect(service.probe('/startupz')).resolves.toBe(503);
  service.kill('SIGTERM');
  await expect(service.ended).resolves.toBe(1);
});

test('a start that fails says why on stderr, closes what it opened, exits 1', async () => {
  const service = start({ ECHO_FAULT: 'start' });
  await expect(service.ended).resolves.toBe(1);
  expect(service.stderr()).toBe('echo failed: no tea from http://[hidden]@pot/\n');
  expect(messages(service)).toEqual(['starting', 'failed', 'second closed', 'first closed']);
});

test('something that does not close makes the exit 1, and does not keep the rest open', async () => {
  const service = start({ ECHO_FAULT: 'close' });
  await service.logged('started');
  service.kill('SIGTERM');
  await expect(service.ended).resolves.toBe(1);
  expect(messages(service)).toContain('first closed');
  expect(service.stderr()).toBe('echo failed: it does not close\n');
});

test('an error nobody handled is logged, and ends it with 1', async () => {
  const service = start({ ECHO_FAULT: 'uncaught' });
  await expect(service.ended).resolves.toBe(1);
  expect(service.lines.at(-1)).toMatchObject({ level: 'fatal', err: { message: 'nobody catches this' } });
});

test('a configuration with problems is refused with one line for each', async () => {
  const service = start({ ECHO_FAULT: 'hunter2', PORT: 'hunter2', ECHO_FAULTS: 'x' });
  await expect(service.ended).resolves.toBe(1);
  expect(service.stderr().split('\n')).toEqual([
    "echo can't start, its configuration is not usable:",
    '  PORT is not a whole number from 0 to 65535',
    '  ECHO_FAULT is not one of none, start, start-hangs, close, close-hangs, uncaught',
    '  ECHO_FAULTS is not a setting, the nearest is ECHO_FAULT',
    '',
  ]);
});
