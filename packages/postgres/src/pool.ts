import type { Socket } from 'node:net';
import pg from 'pg';
import type { Pool, PoolClient } from 'pg';
import type { Log } from './log.ts';

export interface PoolOptions {
  /** `postgres://user:password@host:port/database`. */
  url: string;
  /** What `pg_stat_activity.application_name` shows. */
  name: string;
  /** Connections at most. The relay and every row that an inbox worker has in hand hold one each. Default 10. */
  max?: number;
  /** Milliseconds that a statement may take. Default 30 s. */
  statementMs?: number;
  log?: Log;
}

// A peer that vanished without a word is found by the server too, within 30 s: what its session had locked is free again.
const keepalives = '-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

/**
 * A bounded pool whose statements (`statementMs`), idle transactions (60 s) and waits for a connection (as long as a
 * statement, 10 s at most) end by themselves. A connection that fails, or on which what was sent finds no answer, is
 * logged and replaced, it never ends the process. Advisory locks, prepared statements and LISTEN need a direct connection
 * or a pooler in session mode.
 */
export function openPool({ url, name, max = 10, statementMs = 30_000, log }: PoolOptions): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    max,
    statement_timeout: statementMs,
    // A transaction that was left open holds back the outbox of every database of the server.
    idle_in_transaction_session_timeout: 60_000,
    connectionTimeoutMillis: Math.min(10_000, statementMs),
    keepAlive: true,
    keepAliveInitialDelayMillis: 15_000,
    options: keepalives,
  });
  // Without a listener an idle connection that fails ends the process; the pool takes its own listener off a client it lends.
  pool.on('error', (err) => log?.warn({ err, pool: name }, 'idle database connection failed'));
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    // The server ends a statement in time and says so: who hears nothing at all has nobody at the other end.
    endWhenUnanswered(socketOf(client), statementMs * 1.5);
  });
  return pool;
}

/** Closes a socket on which something was sent and nothing came for `ms`. One that is only idle stays. */
function endWhenUnanswered(socket: Socket, ms: number): void {
  let answered = socket.bytesWritten;
  socket.on('data', () => { answered = socket.bytesWritten; });
  // What is given to `setTimeout` is called once, and an idle moment must not be the last one that is looked at.
  socket.setTimeout(ms).on('timeout', () => {
    if (socket.bytesWritten > answered) socket.destroy(Object.assign(new Error(`the database did not answer for ${String(ms)} ms`), { code: 'ETIMEDOUT' }));
  });
}

// After TLS was agreed on this is another socket than the one that was connected.
const socketOf = (client: PoolClient): Socket => (client as unknown as { connection: { stream: Socket } }).connection.stream;
