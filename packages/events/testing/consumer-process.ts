import { fork } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished, vi } from 'vitest';

export interface ConsumerProcess {
  /** Numbers of the records whose handler returned. */
  finished(): readonly number[];
  /** Resolves when that many were handled. */
  handled(count: number): Promise<void>;
  /** kill -9 */
  kill(): void;
  /** kill -STOP */
  freeze(): void;
  readonly exited: Promise<unknown>;
}

/** A consumer in a process of its own, so that it can be killed like one. Resolves when it has joined. */
export async function startConsumerProcess(options: { url: string; topic: string; group: string }): Promise<ConsumerProcess> {
  const child = fork(new URL('./consumer-child.ts', import.meta.url), [JSON.stringify(options)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const finished: number[] = [];
  const joined = Promise.withResolvers<undefined>();
  child.on('message', (message: { joined: true } | { n: number }) => ('n' in message ? void finished.push(message.n) : joined.resolve(undefined)));
  void exited.then(([code]) => joined.reject(new Error(`the consumer ended with ${String(code)} before it had joined`)));
  await joined.promise;
  return {
    finished: () => finished,
    handled: (count) => vi.waitFor(() => {
      if (finished.length < count) throw new Error(`${finished.length} of ${count} handled`);
    }, { timeout: 30_000, interval: 10 }),
    kill: () => void child.kill('SIGKILL'),
    freeze: () => void child.kill('SIGSTOP'),
    exited,
  };
}
