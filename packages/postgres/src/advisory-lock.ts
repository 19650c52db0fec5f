import type { ClientBase } from 'pg';

/** The first of the two keys of our advisory locks: what kind of thing is locked. */
export const lockKinds = { inboxSubject: 0x444201, outboxRelay: 0x444202 } as const;

const lock = 'select pg_try_advisory_lock($1, hashtext($2)) as locked';
const unlock = 'select pg_advisory_unlock($1, hashtext($2))';

/**
 * Takes the lock for this connection, or answers false: held elsewhere. It ends with the connection, however that ends.
 * Two names with one hash share a lock, which costs them time and nothing else.
 */
export async function tryLock(db: ClientBase, kind: number, name: string): Promise<boolean> {
  const { rows } = await db.query<{ locked: boolean }>({ name: 'lock', text: lock, values: [kind, name] });
  return rows[0]?.locked === true;
}

export async function releaseLock(db: ClientBase, kind: number, name: string): Promise<void> {
  await db.query({ name: 'unlock', text: unlock, values: [kind, name] });
}
