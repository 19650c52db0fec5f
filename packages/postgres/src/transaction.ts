import { DoubloonError } from '@doubloon/errors';
import { failpoint, lawIsOff } from '@doubloon/failpoints';
import type { ClientBase, Pool, PoolClient } from 'pg';
import { enqueue, takeBack } from './outbox.ts';

/** Runs `work` in one transaction. A connection that can't even roll back is not lent to anyone else. */
export async function inTransaction<T>(pool: Pool, work: (db: PoolClient) => Promise<T>): Promise<T> {
  const db = await pool.connect();
  let broken = true;
  try {
    const result = await transactionOn(db, () => work(db));
    broken = false;
    return result;
  } catch (error) {
    broken = await isBroken(db);
    throw error;
  } finally {
    db.release(broken);
  }
}

/** The same on a connection that the caller keeps. After a rejection the transaction is over, or the connection is. */
export async function transactionOn<T>(db: ClientBase, work: () => Promise<T>): Promise<T> {
  await db.query('begin');
  try {
    const result = await work();
    const late = lawIsOff('outbox') ? await takeBack(db) : [];
    // Postgres answers `commit` of a failed transaction with ROLLBACK and no error: somebody swallowed the first one.
    const { command } = await db.query('commit');
    if (command !== 'COMMIT') throw new DoubloonError('TRANSACTION_ABORTED', {});
    failpoint('transaction-committed');
    for (const message of late) await enqueue(db, message);
    return result;
  } catch (error) {
    await db.query('rollback').catch(() => undefined);
    throw error;
  }
}

const isBroken = (db: ClientBase): Promise<boolean> => db.query('select 1').then(() => false, () => true);
