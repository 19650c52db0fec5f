import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** A service in a process of its own, seen from outside as an operator sees it. */
export interface ServiceProcess {
  readonly pid: number;
  /** What it logged so far, oldest first. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  stderr(): string;
  /** Resolves when a line with this message is logged; rejects when the process ends first. */
  logged(message: string): Promise<Readonly<Record<string, unknown>>>;
  /** Resolves with the status of a probe on the internal port. */
  probe(path: string): Promise<number>;
  kill(signal: NodeJS.Signals): void;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Starts `main` with exactly this environment, and ends it, if it is still there, with the test: of several that run at once each brings its own `atEnd`. */
export function startProcess(main: string, env: Readonly<Record<string, string>>, { atEnd = onTestFinished }: { atEnd?: (close: () => Promise<void>) => void } = {}): ServiceProcess {
  const child = spawn(process.execPath, [main], { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  let [rest, errors, over] = ['', '', false];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) lines.push(JSON.parse(part) as Record<string, unknown>);
    for (const look of waiting) look();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  const ended = new Promise<number | NodeJS.Signals>((resolve) => child.on('close', (code, signal) => {
    over = true;
    for (const look of waiting) look();
    resolve(code ?? signal ?? 'SIGKILL');
  }));
  atEnd(async () => {
    child.kill('SIGKILL');
    await ended;
  });

  const logged = (message: string) => new Promise<Record<string, unknown>>((resolve, reject) => {
    const look = () => {
      const line = lines.find(({ msg }) => msg === message);
      if (line === undefined && !over) return;
      waiting.delete(look);
      if (line === undefined) reject(new Error(`it ended before it logged "${message}": ${errors}`));
      else resolve(line);
    };
    waiting.add(look);
    look();
  });

  return {
    pid: child.pid ?? 0,
    lines,
    stderr: () => errors,
    logged,
    probe: async (path) => (await fetch(`${String((await logged('starting'))['internal'])}${path}`)).status,
    kill: (signal) => { child.kill(signal); },
    ended,
  };
}
