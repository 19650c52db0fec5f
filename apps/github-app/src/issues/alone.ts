import type { Pool } from 'pg';

/** Advisory lock (this, hash of the name): who holds it does the work of that name. It ends with the connection, however that ends. */
const lockKind = 0x444212;

/** Does the work unless another process has it under way: then `undefined`, at once. Holds one connection meanwhile. */
export async function alone<T>(pool: Pool, name: string, work: () => Promise<T>): Promise<T | undefined> {
  const db = await pool.connect();
  let isBroken = true;
  try {
    const { rows: [lock] } = await db.query<{ locked: boolean }>('select pg_try_advisory_lock($1, hashtext($2)) as locked', [lockKind, name]);
    if (lock?.locked !== true) {
      isBroken = false;
      return undefined;
    }
    try {
      return await work();
    } finally {
      await db.query('select pg_advisory_unlock($1, hashtext($2))', [lockKind, name]).then(() => { isBroken = false; }, () => undefined);
    }
  } finally {
    // A connection that failed may still hold the lock: it is closed.
    db.release(isBroken);
  }
}
