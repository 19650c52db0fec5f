import type { ClientBase, Pool } from 'pg';

type Db = Pick<Pool | ClientBase, 'query'>;

/**
 * When our records began. What was written before that is read for what it offers; what it decided about money is left to who
 * knows whether it did already: it could touch what was funded after it.
 */
export async function isBeforeOurs(db: Db, at: Date): Promise<boolean> {
  return (await db.query('select from beginning where at > $1', [at])).rowCount !== 0;
}

/** Whether the issues that carry our comment from before our records still have to be looked for. */
export const isToFind = async (db: Db): Promise<boolean> => (await db.query('select from beginning where found_at is null')).rowCount !== 0;

export const keepFound = (db: Db, now: Date) => db.query('update beginning set found_at = $1', [now]);
