import type { ClientBase } from 'pg';
import type { OutboxMessage } from './outbox.ts';

/** A message on its way out. */
export interface OutboxRow extends Required<OutboxMessage> {
  /** Names the row in this table. */
  row: string;
  /** Attempts before this one; more than none only when one failed or its process died. */
  attempts: number;
}

/** Topic and key of a message. */
export type Lane = Pick<OutboxMessage, 'topic' | 'key'>;

interface StoredRow {
  id: string;
  event_id: string;
  topic: string;
  key: string;
  value: unknown;
  headers: Record<string, string>;
  attempts: number;
}

// A row is taken only when no transaction that could still commit before it is running: by id alone, a transaction that took
// its id early and committed late would be passed by. Order: transactions by their ids, rows of one transaction by theirs.
const next = `
  select id, event_id, topic, key, value, headers, attempts from outbox as row
  where xid < pg_snapshot_xmin(pg_current_snapshot())
    and not exists (select from unnest($1::text[], $2::text[]) as held (topic, key) where held.topic = row.topic and held.key = row.key)
  order by xid, id limit $3`;

/** The next messages in order, without those of the lanes `held`. */
export async function nextRows(db: ClientBase, held: readonly Lane[], limit: number): Promise<OutboxRow[]> {
  const { rows } = await db.query<StoredRow>({ name: 'outbox-next', text: next, values: [held.map(({ topic }) => topic), held.map(({ key }) => key), limit] });
  return rows.map(({ id, event_id, topic, key, value, headers, attempts }) => ({ row: id, id: event_id, topic, key, value, headers, attempts }));
}

export async function hasRows(db: ClientBase): Promise<boolean> {
  const { rows } = await db.query<{ waiting: boolean }>('select exists (select from outbox) as waiting');
  return rows[0]?.waiting === true;
}

/** Adds to the attempts of these rows, in a transaction of its own. */
export async function countAttempt(db: ClientBase, rows: readonly string[], by: 1 | -1): Promise<void> {
  await db.query('update outbox set attempts = attempts + $2 where id = any ($1::bigint[])', [rows, by]);
}

export async function forgetAttempts(db: ClientBase, rows: readonly string[]): Promise<void> {
  await db.query('update outbox set attempts = 0 where id = any ($1::bigint[])', [rows]);
}

export async function removeRows(db: ClientBase, rows: readonly string[]): Promise<void> {
  await db.query('delete from outbox where id = any ($1::bigint[])', [rows]);
}

const bury = `
  with gone as (delete from outbox where id = $1 returning *)
  insert into outbox_dead (id, event_id, topic, key, value, headers, created_at, attempts, reason)
  select id, event_id, topic, key, value, headers, created_at, attempts, $2 from gone`;

/** Moves the row to the dead letters; what follows it under the same key is published without it. */
export async function buryRow(db: ClientBase, row: string, reason: string): Promise<void> {
  await db.query(bury, [row, reason]);
}
