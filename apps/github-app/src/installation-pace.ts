import type { Pool } from 'pg';
import { inTransaction } from '@doubloon/postgres';

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

/** From when on the next thing may be created. */
export function mayCreateFrom({ notBefore, createdAt }: Pace): Date {
  const ends = limits.map(({ most, withinMs }) => (createdAt.at(-most)?.getTime() ?? -Infinity) + withinMs);
  return new Date(Math.max(0, notBefore?.getTime() ?? 0, ...ends));
}

const keep = 'insert into installation (id) values ($1) on conflict (id) do nothing';
const read = 'select not_before as "notBefore", created_at as "createdAt" from installation where id = $1';
const take = 'update installation set created_at = $2 where id = $1';
const hold = `
  insert into installation (id, not_before) values ($1, $2)
  on conflict (id) do update set not_before = greatest(installation.not_before, excluded.not_before)`;

/** Counts something that is about to be created for an installation. Rejects with `TooSoon` when that has to wait. */
export async function takeTurn(pool: Pool, installationId: string, now: Date): Promise<void> {
  await pool.query(keep, [installationId]);
  await inTransaction(pool, async (db) => {
    const { rows: [row] } = await db.query<{ notBefore: Date | null; createdAt: Date[] }>(`${read} for update`, [installationId]);
    const createdAt = row?.createdAt ?? [];
    const from = mayCreateFrom({ notBefore: row?.notBefore ?? undefined, createdAt });
    if (from > now) throw new TooSoon(from);
    await db.query(take, [installationId, [...createdAt.filter((at) => at.getTime() > now.getTime() - longestMs), now]]);
  });
}

/** Rejects with `TooSoon` while GitHub wants to hear nothing of an installation. */
export async function requireTurn(pool: Pool, installationId: string, now: Date): Promise<void> {
  const { rows: [row] } = await pool.query<{ notBefore: Date | null }>(read, [installationId]);
  if (row?.notBefore !== null && row?.notBefore !== undefined && row.notBefore > now) throw new TooSoon(row.notBefore);
}

/** GitHub said when to come back: that holds for everything we do for this installation. */
export const holdInstallation = (pool: Pool, installationId: string, until: Date) => pool.query(hold, [installationId, until]);
