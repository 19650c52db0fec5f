import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { whereKafkaIs } from '../../packages/events/testing/kafka-here.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const start = (args: readonly string[], env: NodeJS.ProcessEnv = process.env): ChildProcess => {
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
};

/** A broker run from the command line, with what it says about itself. */
async function startBroker(): Promise<{ child: ChildProcess; pid: number; port: number; folder: string }> {
  const child = start(['0']);
  const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')) as [string];
  const [, port = '', pid = '', logFile = ''] = /^kafka:\/\/127\.0\.0\.1:(\d+) {2}\(pid (\d+), log (.+)\)$/.exec(line) ?? [];
  return { child, pid: Number(pid), port: Number(port), folder: dirname(logFile) };
}

whereKafkaIs('A broker for development', () => {
  test('answers on the port it tells, and leaves nothing when it is asked to stop', async () => {
    const { child, pid, port, folder } = await startBroker();
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  test('a process that is killed leaves neither a broker nor its data', async () => {
    const { child, pid, folder } = await startBroker();
    expect(existsSync(folder)).toBe(true);
    child.kill('SIGKILL');
    await vi.waitFor(() => expect({ running: isRunning(pid), folder: existsSync(folder) }).toEqual({ running: false, folder: false }), { timeout: 20_000, interval: 50 });
  });
});

test('a machine without Java is told what it lacks', async () => {
  const child = start(['0'], { PATH: '/nowhere' });
  const said: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(said.join('')).toContain('Java 17');
});
