import type { ClientBase, Pool } from 'pg';

/** Rows that one statement of `deleteInBatches` may delete. */
export const pruneBatch = 1_000;

/**
 * Runs a statement that deletes at most `pruneBatch` rows again and again, each time in a transaction of its own, until it deletes
 * fewer; answers how many. Nobody who writes to the table meanwhile waits for more than one of them.
 */
export async function deleteInBatches(db: Pick<Pool | ClientBase, 'query'>, statement: string, values: unknown[]): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { rowCount } = await db.query(statement, values);
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < pruneBatch) return deleted;
  }
}
