import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './root.ts';

export interface AppProcess extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  /** Probes and metrics. */
  readonly internalUrl: string;
  /** Resolves when it is gone: its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Where an app runs, and as whom, when it is not from this repository and as this user. */
export interface Place {
  readonly root: string;
  /** The Node to run it with. */
  readonly node: string;
  readonly user?: { readonly uid: number; readonly gid: number };
}

export interface AppStart {
  readonly name: string;
  /** Entry point, from the root of the repository or of its place. */
  readonly entry: string;
  readonly place?: Place | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly internalPort: number;
  /** Each line the app writes, already prefixed with its name. */
  readonly onLine: (line: string) => void;
}

/** What Node made of the sources is kept for the next start, which takes a third less of the processor then. It checks each source by its hash. */
const compileCache = join(root, 'node_modules/.cache/node');

// By its text: whom an app runs as may not be able to read this repository.
const stopWithParent = `data:text/javascript,${encodeURIComponent(readFileSync(join(root, 'dev/stack/stop-with-parent.ts'), 'utf8'))}`;
/** One that can't start ends and is told at once; this is for machines that have much else to do. */
const readyWithinMs = 90_000;
const stopWithinMs = 15_000;

/** Starts one app as its own process and waits until it says that it is ready. Rejects with its last lines when it is not. */
export async function startApp(settings: AppStart): Promise<AppProcess> {
  const { app, ready } = spawnApp(settings);
  await ready;
  return app;
}

/** The same, answering before it is ready: how it ended can be asked also when it never was. */
export function spawnApp({ name, entry, place = { root, node: process.execPath }, env, internalPort, onLine }: AppStart): { app: AppProcess; ready: Promise<void> } {
  const child = spawn(place.node, ['--import', stopWithParent, join(place.root, entry)], {
    cwd: place.root,
    ...place.user,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TZ: 'UTC', NODE_COMPILE_CACHE: compileCache, ...env, INTERNAL_PORT: String(internalPort) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      last.push(line);
      if (last.length > 15) last.shift();
      onLine(`${name.padEnd(10)} ${line}`);
    });
  }
  const exited = once(child, 'exit').then(([code, signal]: unknown[]) => (code ?? signal) as number | NodeJS.Signals);
  const internalUrl = `http://127.0.0.1:${String(internalPort)}`;

  const isGone = () => child.exitCode !== null || child.signalCode !== null;
  const stop = async (): Promise<void> => {
    if (isGone()) return;
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
    await exited;
    clearTimeout(hard);
  };

  const untilReady = async (): Promise<void> => {
    const end = Date.now() + readyWithinMs;
    while (!(await isReady(internalUrl))) {
      if (isGone() || Date.now() > end) {
        await stop();
        throw new Error(`${name} did not become ready:\n${last.join('\n')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  return { app: { name, pid: child.pid ?? 0, internalUrl, exited, kill, [Symbol.asyncDispose]: stop }, ready: untilReady() };
}

const isReady = (internalUrl: string): Promise<boolean> =>
  fetch(`${internalUrl}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
    async (reply) => {
      await reply.arrayBuffer();
      return reply.ok;
    },
    () => false,
  );
