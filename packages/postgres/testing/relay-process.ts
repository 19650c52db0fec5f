import { appendFileSync } from 'node:fs';
import { openPool, startOutboxRelay, type Log } from '../src/index.ts';
import { forever, say, settings } from './say.ts';

// Publishes by appending ids to `file`. Hangs after having published the event `hangAfter`; is killed by the event `poison`.
const { url = '', file = '', hangAfter, poison } = settings();
const log: Log = { info: (_fields, message) => say(message), warn: (_fields, message) => say(message), error: (_fields, message) => say(message) };

startOutboxRelay({
  pool: openPool({ url, name: 'relay-process' }),
  log,
  pollMs: 50,
  async publish(batch) {
    for (const { id } of batch) {
      if (id === poison) process.kill(process.pid, 'SIGKILL');
      appendFileSync(file, `${id}\n`);
      if (id === hangAfter) {
        say('published');
        await forever();
      }
    }
  },
});
