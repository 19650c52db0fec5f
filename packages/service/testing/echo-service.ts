// A service that opens two things, and does what its environment says when it starts and stops.
import { oneOf, runService, serviceSettings } from '../src/index.ts';

const settings = {
  ...serviceSettings,
  fault: { name: 'ECHO_FAULT', meaning: 'What goes wrong.', schema: oneOf('none', 'start', 'start-hangs', 'close', 'close-hangs', 'uncaught'), default: 'none' },
} as const;

await runService({ name: 'echo', version: '1.2.3', configuration: { prefix: 'ECHO_', settings } }, async ({ config: { fault }, log, open, signal }) => {
  open.defer(() => { log.info('first closed'); });
  open.defer(async () => {
    log.info({ signal: signal.aborted }, 'second closed');
    if (fault === 'close') throw new Error('it does not close');
    if (fault === 'close-hangs') await new Promise((resolve) => setTimeout(resolve, 600_000));
  });
  if (fault === 'start') throw new Error('no tea from http://tea:hunter2@pot/');
  if (fault === 'start-hangs') await new Promise((resolve) => setTimeout(resolve, 600_000));
  if (fault === 'uncaught') setImmediate(() => { throw new Error('nobody catches this'); });
  signal.addEventListener('abort', () => { log.info('takes nothing new'); });
  const beat = setInterval(() => undefined, 1_000);
  open.defer(() => { clearInterval(beat); });
});
