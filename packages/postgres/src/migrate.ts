import { DoubloonError } from '@doubloon/errors';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { HISTORY_TABLE, readHistory } from './check-schema.ts';
import type { Log } from './log.ts';
import { readMigrations } from './migration-files.ts';

export interface MigrateOptions {
  /** Of the database's owner; a direct connection, not through a pooler in transaction mode. */
  url: string;
  /** A folder in golang-migrate's layout, see `migrationsFolder`. */
  folder: string;
  /** A version (0 is the empty database), one step `down`, or (default) the `latest`. */
  to?: 'latest' | 'down' | number;
  log: Log;
}

/** Shared by all runners on one database; they queue up for it. */
const LOCK_NAME = 'doubloon migrations';

/**
 * Brings the schema to the version asked for and answers the version it is at: each file in a transaction of its own, one
 * runner at a time. A database that is newer than the folder is left as it is by `latest`. Rejects with
 * `MIGRATIONS_INVALID` (folder) or `MIGRATION_FAILED` (cause attached; files before the failed one stay, it leaves nothing).
 */
export async function migrate({ url, folder, to = 'latest', log }: MigrateOptions): Promise<number> {
  const migrations = await readMigrations(folder);
  if (typeof to === 'number' && (!Number.isInteger(to) || to < 0 || to > migrations.length)) {
    throw new DoubloonError('MIGRATIONS_INVALID', { folder, problems: [`there is no version ${to}`] });
  }
  const db = new pg.Client({ connectionString: url, application_name: 'doubloon-migrate', keepAlive: true });
  db.on('error', (err) => log.warn({ err }, 'migration lost its database connection'));
  await db.connect();
  try {
    // A runner that is killed takes its statement with it, instead of leaving it to hold the lock until it is through.
    await db.query(`set client_connection_check_interval = '1s'`);
    await db.query('select pg_advisory_lock(hashtextextended($1, 0))', [LOCK_NAME]);
    // After the wait for the other runners, not before: it would end that wait as well. A table that is busy for longer than
    // this makes the migration fail, instead of making everybody else queue up behind it. The history is sorted by local time.
    await db.query(`set lock_timeout = '5s'; set timezone = 'UTC'`);
    const version = (await readHistory(db)).length;
    const target = to === 'latest' ? Math.max(version, migrations.length) : to === 'down' ? Math.max(0, version - 1) : to;
    await run(db, folder, target - version, log);
    log.info({ folder, from: version, to: target }, 'schema is migrated');
    return target;
  } catch (cause) {
    throw new DoubloonError('MIGRATION_FAILED', { folder, reason: cause instanceof Error ? cause.message : String(cause) }, { cause });
  } finally {
    // Ends the lock and, after a failure, the transaction that the runner leaves open.
    await db.end();
  }
}

/** Never without this strategy: the default one takes the down files for migrations and executes them. */
const strategy = [{ extensions: ['.sql'], loader: 'sql' as const }];

async function run(dbClient: pg.Client, dir: string, steps: number, log: Log): Promise<void> {
  const note = (message: string): void => log.info({ folder: dir }, message);
  await runner({
    dbClient,
    dir,
    direction: steps < 0 ? 'down' : 'up',
    count: Math.abs(steps),
    migrationsTable: HISTORY_TABLE,
    migrationLoaderStrategies: strategy,
    singleTransaction: false,
    checkOrder: true,
    noLock: true,
    logger: { info: note, warn: note, error: note },
  });
}
