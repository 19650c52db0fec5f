import { readFile } from 'node:fs/promises';
import pg from 'pg';
import type { EventLogLogger } from '../event-log.ts';

const migration = new URL('../../../../migrations/event-log/000001_event_log.up.sql', import.meta.url);

/** Creates the log's own schema in the database when it is missing. */
export async function prepareSchema(url: string, log: EventLogLogger): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 30_000 });
  client.on('error', (err) => log.warn({ err }, 'event log connection lost'));
  try {
    await client.connect();
    await client.query(`begin; select pg_advisory_xact_lock(hashtextextended('event_log', 0))`);
    const { rows } = await client.query<{ there: boolean }>(`select to_regnamespace('event_log') is not null as there`);
    if (rows[0]?.there !== true) {
      await client.query(await readFile(migration, 'utf8'));
      log.info({}, 'event log schema created');
    }
    await client.query('commit');
  } finally {
    await client.end();
  }
}
