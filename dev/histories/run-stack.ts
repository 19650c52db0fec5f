import { startStack } from '../stack/stack.ts';
import { repositories } from './generate/repositories.ts';
import { openStage, stackFor, type Stage } from './play/stage.ts';

/** Starts a stack to play histories on, which can be broken everywhere. The lines of its apps go to `onLine`. */
export async function startStage(o: { kafka: boolean; onLine: (line: string) => void }): Promise<Stage> {
  await using opening = new AsyncDisposableStack();
  const settings = stackFor(repositories);
  const stack = opening.use(await startStack({
    ...settings,
    // Timers that people wait for take seconds: here they are as short as what they look at changes.
    env: {
      web: settings.env.web,
      treasury: { ...settings.env.treasury, TREASURY_SEND_EVERY: '400ms', TREASURY_WATCH_EVERY: '400ms', TREASURY_SCAN_EVERY: '5s' },
      identity: { IDENTITY_SEND_EVERY: '400ms', IDENTITY_SCAN_EVERY: '5s' },
      'github-app': { GITHUB_APP_SWEEP_EVERY: '1s' },
    },
    kafka: o.kafka, takeable: true, faultyNode: true, progress: () => undefined, onLine: o.onLine,
  }));
  const stage = opening.use(await openStage(stack, repositories));
  const open = opening.move();
  return { ...stage, [Symbol.asyncDispose]: () => open.disposeAsync() };
}
