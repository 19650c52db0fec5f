import { createHash } from 'node:crypto';
import type { Database } from './session.ts';

// Ownership is session-level advisory locks: Postgres gives them back by itself the moment a consumer is gone, kill -9
// included, and needs neither clocks nor an open transaction (which would hold back everything that waits on the oldest one).
const lockKey = (...parts: readonly (string | number)[]): bigint => createHash('sha256').update(JSON.stringify(['event_log', ...parts])).digest().readBigInt64BE();

/** Enters this session in the list of those who share the topic in this group. Answers at once: the lock is shared. */
export async function enter(session: Database, group: string, topic: string): Promise<void> {
  await session.query('select pg_advisory_lock_shared($1::bigint)', [lockKey(group, topic).toString()]);
}

const members = `
  select pid, pid = pg_backend_pid() as mine from pg_locks
  where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
    and classid = $1::bigint::oid and objid = $2::bigint::oid and objsubid = 1 and granted
  order by pid`;

/** This session's place among the live members (from 0), and how many there are. */
export async function place(session: Database, group: string, topic: string): Promise<{ rank: number; members: number }> {
  const key = BigInt.asUintN(64, lockKey(group, topic));
  const { rows } = await session.query<{ mine: boolean }>({ name: 'members', text: members, values: [(key >> 32n).toString(), (key & 0xffff_ffffn).toString()] });
  return { rank: rows.findIndex(({ mine }) => mine), members: rows.length };
}

/** False while another member still holds the partition. */
export async function acquire(session: Database, group: string, topic: string, partition: number): Promise<boolean> {
  const { rows } = await session.query<{ ok: boolean }>('select pg_try_advisory_lock($1::bigint) as ok', [lockKey(group, topic, partition).toString()]);
  return rows[0]?.ok === true;
}

export async function release(session: Database, group: string, topic: string, partition: number): Promise<void> {
  await session.query(`select pg_advisory_unlock($1::bigint), pg_notify('event_log', '')`, [lockKey(group, topic, partition).toString()]);
}
