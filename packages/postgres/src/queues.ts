import type { ClientBase, Pool } from 'pg';

/** Numbers for metrics and alerts. Ages are seconds since the oldest waiting row was stored, 0 when nothing waits. */
export interface QueueNumbers {
  inboxAge: number;
  inboxWaiting: number;
  inboxDead: number;
  outboxAge: number;
  outboxWaiting: number;
  outboxDead: number;
}

const measure = `
  select
    (select coalesce(extract(epoch from clock_timestamp() - min(received_at)), 0)::float8 from inbox where done_at is null and dead_at is null) as "inboxAge",
    (select count(*)::int from inbox where done_at is null and dead_at is null) as "inboxWaiting",
    (select count(*)::int from inbox where dead_at is not null) as "inboxDead",
    (select coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 from outbox) as "outboxAge",
    (select count(*)::int from outbox) as "outboxWaiting",
    (select count(*)::int from outbox_dead) as "outboxDead"`;

/** Reads the state of inbox and outbox in one statement. */
export async function measureQueues(db: Pool | ClientBase): Promise<QueueNumbers> {
  const { rows } = await db.query<QueueNumbers>(measure);
  return rows[0] ?? { inboxAge: 0, inboxWaiting: 0, inboxDead: 0, outboxAge: 0, outboxWaiting: 0, outboxDead: 0 };
}
