import { spawnApp, startApp, type AppProcess, type AppStart } from './app-process.ts';

/** One app of a stack, which can be ended and started again while the others run. */
export interface App extends AsyncDisposable {
  readonly name: string;
  /** Of the process that runs, or ran last. */
  readonly pid: number;
  /** Probes and metrics. */
  readonly internalUrl: string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when it is gone. */
  stop(): Promise<void>;
  /**
   * Starts it again with the same ports and settings, and `env` on top for this time; resolves when it is ready. Rejects with
   * its last lines when it ended before.
   */
  start(env?: Readonly<Record<string, string>>): Promise<void>;
  /** Resolves when the process that runs now, or was started last, is gone, at once when it is: its exit code, or the signal that ended it. */
  exited(): Promise<number | NodeJS.Signals>;
}

/** Starts an app and answers what it is controlled by. */
export async function openApp(settings: AppStart): Promise<App> {
  let current: AppProcess = await startApp(settings);
  const stop = async (): Promise<void> => { await current[Symbol.asyncDispose](); };
  return {
    name: settings.name,
    get pid() { return current.pid; },
    internalUrl: current.internalUrl,
    kill: () => current.kill(),
    stop,
    async start(env = {}) {
      await stop();
      const { app, ready } = spawnApp({ ...settings, env: { ...settings.env, ...env } });
      current = app;
      await ready;
    },
    exited: () => current.exited,
    [Symbol.asyncDispose]: stop,
  };
}
