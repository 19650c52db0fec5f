import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A program of this folder in a process of its own, which does not outlive the test. */
export interface Child {
  /** Resolves when the child has printed this line; rejects with what it said when it ends before. */
  said(line: string): Promise<void>;
  /** SIGKILL, and wait for the end. */
  kill(): Promise<void>;
  /** The exit code; null after a signal. */
  ended: Promise<number | null>;
}

/** Starts `program` (a file of this folder) with its settings as one JSON argument. */
export function startChild(program: string, settings: object, env: Readonly<Record<string, string>> = {}): Child {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  return { said: linesOf(child), kill, ended };
}

function linesOf(child: ChildProcess): Child['said'] {
  let output = '';
  let closed = false;
  const waiting = new Set<() => void>();
  const changed = (): void => waiting.forEach((check) => check());
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => void ((output += chunk.toString()), changed()));
  child.once('close', () => void ((closed = true), changed()));
  return (line) => new Promise((resolve, reject) => {
    const check = (): void => {
      if (output.split('\n').includes(line)) resolve();
      else if (closed) reject(new Error(`the child ended without saying "${line}":\n${output}`));
      else return;
      waiting.delete(check);
    };
    waiting.add(check);
    check();
  });
}
