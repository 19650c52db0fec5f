import { failpoint } from '@doubloon/failpoints';
import type { ClientBase, Pool } from 'pg';
import { lockKinds, tryLock } from './advisory-lock.ts';
import { Bell } from './bell.ts';
import type { Log } from './log.ts';
import { OUTBOX_CHANNEL } from './outbox.ts';
import { buryRow, countAttempt, forgetAttempts, hasRows, nextRows, removeRows, type Lane, type OutboxRow } from './outbox-row.ts';
import { backoffMs, isPassing, isRefusal, type Backoff } from './retry.ts';

export interface OutboxRelayOptions {
  /** Lends one connection for as long as the relay runs. */
  pool: Pool;
  /**
   * Makes the messages durable, in this order, before it resolves. Rejects when it can't tell that all are; then they come
   * again, alone if need be. `EVENT_LOG_UNAVAILABLE` says that the log is down and no message is to blame, `EVENT_TOO_LARGE`,
   * `EVENT_MALFORMED` and `EVENT_TYPE_UNKNOWN` that one of these messages will never be taken.
   */
  publish(batch: readonly OutboxRow[]): Promise<void>;
  log: Log;
  /** Messages at most in one `publish`. Default 500. */
  batch?: number;
  /** Milliseconds between two looks when no notification arrives. Default 1,000. */
  pollMs?: number;
  /** From 0 to 1, spreads the retries. */
  random?: () => number;
  /** Default: 5 attempts, 0.2 s doubled up to 30 s. */
  backoff?: Backoff;
  signal?: AbortSignal;
}

/** Disposing resolves when the batch in hand is finished. */
export interface OutboxRelay extends AsyncDisposable {
  wake(): void;
}

const defaultBackoff: Backoff = { attempts: 5, baseMs: 200, capMs: 30_000 };
/** So many keys in a row that can't be published mean that the log is down, not that the messages are bad. */
const OUTAGE_KEYS = 3;
/** Milliseconds before the next look while rows wait for a transaction that is still running. */
const STALL_MS = 10;

/**
 * Publishes the outbox in order, at least once. Of all relays of a database one leads (advisory lock), the others wait.
 *
 * A failing batch is halved until the culprit stands alone. A message is poison only if it fails (or kills the process)
 * again and again, alone, while messages of other keys pass: then it goes to `outbox_dead`, and what follows it under its key
 * is published without it. As long as nothing passes at all it is an outage: nothing is counted, everything is kept.
 */
export function startOutboxRelay(options: OutboxRelayOptions): OutboxRelay {
  const { pool, publish, log, signal, batch = 500, pollMs = 1_000, random = Math.random, backoff = defaultBackoff } = options;
  const bell = new Bell();
  let stopping = false;

  const stop = (): void => {
    stopping = true;
    bell.ring();
  };
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();

  /** Unlike a wait for the bell it is not cut short by traffic: a log that is down is left alone for that long. */
  async function pause(ms: number): Promise<void> {
    const end = performance.now() + ms;
    for (let left = ms; left > 0 && !stopping; left = end - performance.now()) await bell.wait(left);
  }

  /** Publishes until it is told to stop; rejects when the connection fails. */
  async function lead(db: ClientBase): Promise<void> {
    let limit = batch;
    let outages = 0;
    let stalls = 0;
    /** Lanes whose first message failed alone, until when (ms of `performance.now`), by that row. */
    const held = new Map<string, Lane & { until: number }>();
    /** Those of them that failed since a message last passed: it is not known yet whose fault it was. */
    const suspects = new Set<string>();

    const hold = (row: OutboxRow): void => {
      const { topic, key } = row;
      held.set(row.row, { topic, key, until: performance.now() + backoffMs(row.attempts + 1, backoff, random) });
    };

    async function outage(): Promise<void> {
      await countAttempt(db, [...suspects], -1);
      suspects.clear();
      held.clear();
      outages += 1;
      await pause(backoffMs(outages, backoff, random));
    }

    async function fail(rows: readonly OutboxRow[], err: unknown): Promise<void> {
      const [row] = rows;
      if (!row) return;
      if (isPassing(err)) {
        log.warn({ err, messages: rows.length }, 'the log is down');
        // Attempts whose process died may well have met the same outage.
        await forgetAttempts(db, rows.map((it) => it.row));
        await outage();
        return;
      }
      if (rows.length > 1) {
        await countAttempt(db, rows.map((it) => it.row), -1);
        limit = Math.max(1, Math.floor(rows.length / 2));
        log.warn({ err, messages: rows.length, limit }, 'batch was not published');
        return;
      }
      const ids = { id: row.id, topic: row.topic, key: row.key, attempt: row.attempts + 1 };
      if (isRefusal(err)) {
        await buryRow(db, row.row, err.message);
        log.error({ ...ids, err }, 'message is dead: the log refuses it');
        return;
      }
      log.warn({ ...ids, err }, 'message was not published');
      suspects.add(row.row);
      hold(row);
      if (suspects.size >= OUTAGE_KEYS) await outage();
    }

    async function attempt(rows: readonly OutboxRow[]): Promise<void> {
      const [row] = rows;
      if (row && row.attempts >= backoff.attempts) {
        await buryRow(db, row.row, `failed, or ended the process, in each of ${row.attempts} attempts`);
        log.error({ id: row.id, topic: row.topic, key: row.key }, 'message is dead: its attempts are used up');
        return;
      }
      const names = rows.map((it) => it.row);
      await countAttempt(db, names, 1);
      failpoint('outbox-counted');
      try {
        await publish(rows);
      } catch (error) {
        await fail(rows, error);
        return;
      }
      failpoint('outbox-published');
      await removeRows(db, names);
      suspects.clear();
      outages = 0;
      limit = Math.min(batch, limit * 2);
    }

    db.on('notification', () => bell.ring());
    await db.query(`listen ${OUTBOX_CHANNEL}`);
    while (!stopping) {
      const time = performance.now();
      // A suspect stays held: tried again before any other, it would be condemned by an outage that takes longer than its wait.
      for (const [row, { until }] of held) if (until <= time && !suspects.has(row)) held.delete(row);
      const rows = await nextRows(db, [...held.values()], limit);
      // A message with attempts behind it has failed or has seen its process die: it goes alone.
      const end = rows.findIndex(({ attempts }) => attempts > 0);
      if (rows.length > 0) {
        stalls = 0;
        await attempt(end === 0 ? rows.slice(0, 1) : end > 0 ? rows.slice(0, end) : rows);
      } else if (suspects.size > 0) {
        await outage();
      } else {
        stalls = (await hasRows(db)) ? stalls + 1 : 0;
        await bell.wait(stalls > 0 ? Math.min(pollMs, STALL_MS * 2 ** Math.min(stalls, 20)) : pollMs);
      }
    }
  }

  async function run(): Promise<void> {
    while (!stopping) {
      const db = await pool.connect().catch((err: unknown) => void log.error({ err }, 'outbox relay has no database connection'));
      // Closed, not returned, once it has led or failed: that ends lock and LISTEN whatever state the connection is in.
      let close = true;
      try {
        if (db && (await tryLock(db, lockKinds.outboxRelay, ''))) {
          log.info({}, 'outbox relay leads');
          await lead(db);
        } else {
          close = false;
        }
      } catch (err) {
        log.error({ err }, 'outbox relay lost its lead');
      } finally {
        db?.release(close);
      }
      if (!stopping) await bell.wait(pollMs);
    }
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
