import { startApp } from '../stack/app-process.ts';
import { freePort } from '../stack/ports.ts';
import type { AppName } from '../stack/stack.ts';
import type { Measure } from './benchmark.ts';
import { startQuietStack } from './quiet-stack.ts';
import { compared, inTurns } from './rounds.ts';

const rounds = 4;
const names: readonly AppName[] = ['github-app', 'treasury', 'identity', 'web'];

/** From the start of the process to the first `/readyz` that is fine. */
export const measure: Measure = async () => {
  await using stack = await startQuietStack();
  const timed = async (start: () => Promise<unknown>): Promise<number> => {
    const began = performance.now();
    await start();
    return performance.now() - began;
  };
  const restarted = async (name: AppName): Promise<number> => {
    await stack.app(name).stop();
    return timed(() => stack.app(name).start());
  };
  const bare = async (): Promise<number> => {
    const internalPort = await freePort();
    const opened = new AsyncDisposableStack();
    const took = await timed(async () => opened.use(await startApp({ name: 'bare', entry: 'dev/bench/bare-service.ts', env: {}, internalPort, onLine: () => undefined })));
    await opened.disposeAsync();
    return took;
  };
  const found = await inTurns({ bare, 'github-app': () => restarted('github-app'), treasury: () => restarted('treasury'), identity: () => restarted('identity'), web: () => restarted('web') }, { rounds });
  return {
    aim: 'none; stated',
    baseline: 'Node with one server on node:http, started and asked in the same way',
    conditions: `Each service started again as its own process in a running stack (everything embedded), asked every 50 ms, ${String(rounds)} rounds.`,
    figures: names.map((name) => compared(name, 'ms', found[name], found.bare)),
  };
};
