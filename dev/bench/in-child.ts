import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Runs a module in a process of its own: hands it `input` as a message and resolves with its first one. Rejects when it ends without. */
export async function inChild<Output>(module: string, input: object): Promise<Output> {
  const child = fork(module, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    child.send(input);
    const ended = once(child, 'exit').then(([code]) => { throw new Error(`${module} ended with ${String(code)} before it answered`); });
    return await Promise.race([once(child, 'message').then(([found]) => found as Output), ended]);
  } finally {
    child.kill();
  }
}
