import type { ClientBase } from 'pg';

/** A message that tells of the state written in the same transaction. */
export interface OutboxMessage {
  /** The event's id, stable across retries: consumers know a second delivery by it. */
  id: string;
  topic: string;
  /** Messages of one topic and key arrive in the order of their transactions. */
  key: string;
  /** Any JSON value. */
  value: unknown;
  headers?: Readonly<Record<string, string>>;
}

/** The channel of the hint. A lost notification costs the relay's poll interval and nothing else. */
export const OUTBOX_CHANNEL = 'outbox';

const insert = `
  with message as (insert into outbox (event_id, topic, key, value, headers) values ($1, $2, $3, $4, $5))
  select pg_notify('${OUTBOX_CHANNEL}', '')`;

/** Writes the message in the caller's transaction; the relay publishes it after the commit, at least once. */
export async function enqueue(db: ClientBase, { id, topic, key, value, headers = {} }: OutboxMessage): Promise<void> {
  await db.query({ name: 'outbox-enqueue', text: insert, values: [id, topic, key, JSON.stringify(value), JSON.stringify(headers)] });
}

const undo = 'delete from outbox where xid = pg_current_xact_id_if_assigned() returning event_id as id, topic, key, value, headers';

/** Takes out what the transaction under way has enqueued and answers it. Only a test that breaks the second law wants that. */
export async function takeBack(db: ClientBase): Promise<OutboxMessage[]> {
  return (await db.query<OutboxMessage>(undo)).rows;
}
