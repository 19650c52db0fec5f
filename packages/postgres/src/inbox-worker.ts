import { failpoint } from '@doubloon/failpoints';
import type { ClientBase, Pool, PoolClient } from 'pg';
import { lockKinds, releaseLock, tryLock } from './advisory-lock.ts';
import { Bell } from './bell.ts';
import { bury, claimRow, dueSubjects, markDone, postpone, postponeUncounted, type InboxRow } from './inbox-row.ts';
import type { Log } from './log.ts';
import { backoffMs, isPassing, RetryLater, type Backoff } from './retry.ts';
import { transactionOn } from './transaction.ts';

export interface InboxWorkerOptions {
  /** Lends one connection to each row in hand, so it needs more than `concurrency`. */
  pool: Pool;
  /**
   * Handles one row. What it writes through `db`, outbox rows included, commits together with the row's `done`; when it
   * rejects nothing of it stays. May see a row again after a crash. Ask other services first and write last: from the first
   * write on, the open transaction holds back the outbox of the whole database server.
   */
  handle(row: InboxRow, db: ClientBase): Promise<void>;
  /** Subjects in hand at once. Default 4. */
  concurrency?: number;
  log: Log;
  now: () => Date;
  /** From 0 to 1, spreads the retries. */
  random?: () => number;
  /** Default: 10 attempts, 0.5 s doubled up to 10 min (a row that can't be handled is dead after about 8 minutes). */
  backoff?: Backoff;
  /** Milliseconds between two looks when nobody calls `wake`. Default 1,000. */
  pollMs?: number;
  /** Aborting it is the same as disposing, without waiting. */
  signal?: AbortSignal;
}

/** Disposing stops taking rows and resolves when those in hand are finished. */
export interface InboxWorker extends AsyncDisposable {
  /** A hint that something was stored and committed; not needed for correctness. */
  wake(): void;
}

const defaultBackoff: Backoff = { attempts: 10, baseMs: 500, capMs: 600_000 };
/** Waits of rows that meet an outage, which is no attempt: they grow while nothing passes, so that a long outage is met calmly. */
const outageBackoff: Backoff = { attempts: Infinity, baseMs: 250, capMs: 30_000 };
/** Rows of one subject in a row, before others get their turn. */
const TURN = 50;

/** Handles inbox rows until disposed: subjects side by side, the rows of each one at a time in order of arrival, over all processes. */
export function startInboxWorker(options: InboxWorkerOptions): InboxWorker {
  const { pool, log, now, signal } = options;
  const { concurrency = 4, random = Math.random, backoff = defaultBackoff, pollMs = 1_000 } = options;
  const bell = new Bell();
  const inHand = new Map<string, Promise<void>>();
  let stopping = false;
  /** Rows in a row that met an outage. */
  let outages = 0;

  const stop = (): void => {
    stopping = true;
    bell.ring();
  };
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();

  async function attempt(db: ClientBase, row: InboxRow): Promise<'done' | 'dead' | 'waits'> {
    const { key, kind, subject } = row;
    const ids = { key, kind, subject, attempt: row.attempt };
    if (row.attempt > backoff.attempts) {
      await bury(db, key, now(), `the process died in each of ${backoff.attempts} attempts`);
      log.error(ids, 'inbox row is dead: the process died in every attempt');
      return 'dead';
    }
    try {
      failpoint('inbox-claimed');
      await transactionOn(db, async () => {
        await options.handle(row, db);
        failpoint('inbox-handled');
        await markDone(db, key, now());
      });
      failpoint('inbox-committed');
      outages = 0;
      return 'done';
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof RetryLater) {
        await postponeUncounted(db, key, error.notBefore, reason);
        return 'waits';
      }
      if (isPassing(error)) {
        outages += 1;
        await postponeUncounted(db, key, new Date(now().getTime() + backoffMs(outages, outageBackoff, random)), reason);
        log.warn({ ...ids, err: error }, 'inbox row waits for an outage to pass');
        return 'waits';
      }
      if (row.attempt >= backoff.attempts) {
        await bury(db, key, now(), reason);
        log.error({ ...ids, err: error }, 'inbox row is dead: its attempts are used up');
        return 'dead';
      }
      await postpone(db, key, new Date(now().getTime() + backoffMs(row.attempt, backoff, random)), reason);
      log.warn({ ...ids, err: error }, 'inbox row failed and will be tried again');
      return 'waits';
    }
  }

  /** Answers false when another process has the subject in hand: then the next poll will see. */
  async function takeTurn(db: PoolClient, subject: string): Promise<boolean> {
    if (!(await tryLock(db, lockKinds.inboxSubject, subject))) return false;
    for (let count = 0; count < TURN && !stopping; count++) {
      const row = await claimRow(db, subject, now(), backoff);
      if (!row || (await attempt(db, row)) === 'waits') break;
    }
    await releaseLock(db, lockKinds.inboxSubject, subject);
    return true;
  }

  async function serve(subject: string): Promise<void> {
    let db: PoolClient | undefined;
    let broken = true;
    let taken = false;
    try {
      db = await pool.connect();
      taken = await takeTurn(db, subject);
      broken = false;
    } catch (err) {
      log.error({ err, subject }, 'inbox worker lost its database connection');
    } finally {
      // A connection that failed may still hold the lock of the subject: it is closed.
      db?.release(broken);
      inHand.delete(subject);
      if (taken) bell.ring();
    }
  }

  async function run(): Promise<void> {
    while (!stopping) {
      const free = concurrency - inHand.size;
      const subjects = free <= 0 ? [] : await dueSubjects(pool, now(), [...inHand.keys()], free).catch((err: unknown) => {
        log.error({ err }, 'inbox can\'t be read');
        return [];
      });
      for (const subject of subjects) inHand.set(subject, serve(subject));
      await bell.wait(pollMs);
    }
    await Promise.all(inHand.values());
  }

  const running = run();
  return {
    wake: () => bell.ring(),
    async [Symbol.asyncDispose]() {
      stop();
      await running;
      signal?.removeEventListener('abort', stop);
    },
  };
}
