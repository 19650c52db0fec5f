import pg from 'pg';
import type { Pool } from 'pg';
import type { Log } from './log.ts';

export interface PoolOptions {
  /** `postgres://user:password@host:port/database`. */
  url: string;
  /** What `pg_stat_activity.application_name` shows. */
  name: string;
  /** Connections at most. The relay and every row that an inbox worker has in hand hold one each. Default 10. */
  max?: number;
  log?: Log;
}

/**
 * A bounded pool whose statements (30 s), idle transactions (60 s) and waits for a connection (10 s) end by themselves.
 * A connection that fails is logged and replaced, it never ends the process. Advisory locks and LISTEN need a direct
 * connection or a pooler in session mode.
 */
export function openPool({ url, name, max = 10, log }: PoolOptions): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    max,
    statement_timeout: 30_000,
    // A transaction that was left open holds back the outbox of every database of the server.
    idle_in_transaction_session_timeout: 60_000,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // Without a listener an idle connection that fails ends the process; the pool takes its own listener off a client it lends.
  pool.on('error', (err) => log?.warn({ err, pool: name }, 'idle database connection failed'));
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}
