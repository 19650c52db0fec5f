import type { Pool, PoolClient } from 'pg';

/** It is not our turn at GitHub before `notBefore`. */
export class TooSoon extends Error {
  override readonly name = 'TooSoon';
  readonly notBefore: Date;

  constructor(notBefore: Date) {
    super(`this installation has to wait until ${notBefore.toISOString()}`);
    this.notBefore = notBefore;
  }
}

interface Pace {
  readonly notBefore: Date | undefined;
  /** Oldest first. */
  readonly createdAt: readonly Date[];
}

/** What may be created in a time, in milliseconds (GitHub docs, "Rate limits for the REST API", content-creating requests). */
const limits = [{ most: 80, withinMs: 60_000 }, { most: 500, withinMs: 3_600_000 }] as const;
const longestMs = 3_600_000;

/** From when on the next thing may be created, when no more than `share` of what may be is to be used up. */
export function mayCreateFrom({ notBefore, createdAt }: Pace, share = 1): Date {
  const ends = limits.map(({ most, withinMs }) => (createdAt.at(-most * share)?.getTime() ?? -Infinity) + withinMs);
  return new Date(Math.max(0, notBefore?.getTime() ?? 0, ...ends));
}

const keep = 'insert into installation (id) values ($1) on conflict (id) do nothing';
const read = 'select not_before as "notBefore", created_at as "createdAt" from installation where id = $1';
const take = 'update installation set created_at = $2 where id = $1';
const hold = `
  insert into installation (id, not_before) values ($1, $2)
  on conflict (id) do update set not_before = greatest(installation.not_before, excluded.not_before)`;

/** Advisory lock (this, hash of the installation): who holds it creates something there. It ends with the connection, however that ends. */
const lockKind = 0x444213;
const busy = { patienceMs: 3_000, comeBackMs: 500 };
const lockNotAvailable = '55P03';

/**
 * Creates something at GitHub for an installation: one thing after the other over all processes, as GitHub asks for, and each
 * counted before. Rejects with `TooSoon` when that has to wait, or others are at it for long; otherwise as `create` does.
 * `share` leaves the rest of what may be created to others. Holds one connection meanwhile.
 */
export async function createAlone<T>(pool: Pool, installationId: string, now: () => Date, create: () => Promise<T>, share = 1): Promise<T> {
  const db = await pool.connect();
  let isBroken = true;
  try {
    if (!(await lock(db, installationId))) {
      isBroken = false;
      throw new TooSoon(new Date(now().getTime() + busy.comeBackMs));
    }
    try {
      await takeTurn(db, installationId, now(), share);
      return await create();
    } finally {
      await db.query('select pg_advisory_unlock($1, hashtext($2))', [lockKind, installationId]).then(() => { isBroken = false; }, () => undefined);
    }
  } finally {
    // A connection that failed may still hold the lock: it is closed.
    db.release(isBroken);
  }
}

async function lock(db: PoolClient, installationId: string): Promise<boolean> {
  await db.query(`set lock_timeout = ${String(busy.patienceMs)}`);
  const isLocked = await db.query('select pg_advisory_lock($1, hashtext($2))', [lockKind, installationId]).then(() => true, (error: unknown) => {
    if ((error as { code?: unknown }).code === lockNotAvailable) return false;
    throw error;
  });
  await db.query('reset lock_timeout');
  return isLocked;
}

async function takeTurn(db: PoolClient, installationId: string, now: Date, share: number): Promise<void> {
  await db.query(keep, [installationId]);
  const { rows: [row] } = await db.query<{ notBefore: Date | null; createdAt: Date[] }>(read, [installationId]);
  const createdAt = row?.createdAt ?? [];
  const from = mayCreateFrom({ notBefore: row?.notBefore ?? undefined, createdAt }, share);
  if (from > now) throw new TooSoon(from);
  await db.query(take, [installationId, [...createdAt.filter((at) => at.getTime() > now.getTime() - longestMs), now]]);
}

/** Rejects with `TooSoon` while GitHub wants to hear nothing of an installation. */
export async function requireTurn(pool: Pool, installationId: string, now: Date): Promise<void> {
  const { rows: [row] } = await pool.query<{ notBefore: Date | null }>(read, [installationId]);
  if (row?.notBefore !== null && row?.notBefore !== undefined && row.notBefore > now) throw new TooSoon(row.notBefore);
}

/** GitHub said when to come back: that holds for everything we do for this installation. */
export const holdInstallation = (pool: Pool, installationId: string, until: Date) => pool.query(hold, [installationId, until]);
