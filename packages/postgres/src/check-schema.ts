import { DoubloonError } from '@doubloon/errors';
import type { ClientBase, Pool } from 'pg';
import { readMigrations } from './migration-files.ts';

type Db = Pick<Pool | ClientBase, 'query'>;

/** One row for each migration that is applied; written by the runner. */
export const HISTORY_TABLE = 'schema_history';

/** Names of the applied migrations, oldest first; none when nothing has ever been migrated. */
export async function readHistory(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ found: boolean }>(`select to_regclass('${HISTORY_TABLE}') is not null as found`);
  if (rows[0]?.found !== true) return [];
  const history = await db.query<{ name: string }>(`select name from ${HISTORY_TABLE} order by name`);
  return history.rows.map(({ name }) => name);
}

/** The version of the schema, 0 when it is empty. */
export async function schemaVersion(db: Db): Promise<number> {
  return Number((await readHistory(db)).at(-1)?.slice(0, 6) ?? 0);
}

const unmarked = `
  select version::text from generate_series($1::int + 1, $2::int) as version
  where not exists (select from schema_compatibility as mark where mark.version = version.version and mark.compatible_with <= $1)`;

/**
 * What an app asks at its start. Rejects with `SCHEMA_TOO_OLD` when the schema is older than the newest file of the folder,
 * and with `SCHEMA_INCOMPATIBLE` when it is newer and not each migration since is marked as compatible with that file.
 */
export async function checkSchema(db: Db, folder: string): Promise<void> {
  const need = (await readMigrations(folder)).length;
  const have = await schemaVersion(db);
  if (have < need) throw new DoubloonError('SCHEMA_TOO_OLD', { have: String(have), need: String(need) });
  if (have === need) return;
  const { rows } = await db.query(unmarked, [need, have]);
  if (rows.length > 0) throw new DoubloonError('SCHEMA_INCOMPATIBLE', { have: String(have), need: String(need) });
}
