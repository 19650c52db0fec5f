import { openPool, startInboxWorker, type Log } from '../src/index.ts';
import { forever, say, settings } from './say.ts';

// Writes an effect for each row and hangs, before the end of its transaction, in the row `hangIn`.
const { url = '', hangIn, attempts = '3' } = settings();
const log: Log = { info: (_fields, message) => say(message), warn: (_fields, message) => say(message), error: (_fields, message) => say(message) };

startInboxWorker({
  pool: openPool({ url, name: 'worker-process' }),
  log,
  now: () => new Date(),
  backoff: { attempts: Number(attempts), baseMs: 1, capMs: 1 },
  pollMs: 20,
  async handle(row, db) {
    await db.query('insert into effect (key) values ($1)', [row.key]);
    if (row.key === hangIn) {
      say('in the handler');
      await forever();
    }
  },
});
