import type { ClientBase } from 'pg';
import type { Backoff } from './retry.ts';

/** A fact in the hands of a handler. */
export interface InboxRow {
  key: string;
  kind: string;
  subject: string;
  payload: unknown;
  traceparent: string | undefined;
  /** This attempt's number, from 1; attempts whose process died count too. */
  attempt: number;
  receivedAt: Date;
}

interface StoredRow {
  key: string;
  kind: string;
  subject: string;
  payload: unknown;
  traceparent: string | null;
  attempts: number;
  received_at: Date;
}

// The wait for the next attempt is written along with the count: a process that dies at this row must not come back to it at once.
const claim = `
  update inbox set attempts = attempts + 1,
    not_before = $2::timestamptz + least($3::float8, $4::float8 * 2 ^ least(attempts, 60)) * interval '1 millisecond'
  where key = (select key from inbox where subject = $1 and done_at is null and dead_at is null order by id limit 1)
    and not_before <= $2
  returning key, kind, subject, payload, traceparent, attempts, received_at`;

/** Counts an attempt at the first waiting row of the subject and returns it; undefined when there is none or it is not yet due. */
export async function claimRow(db: ClientBase, subject: string, now: Date, backoff: Backoff): Promise<InboxRow | undefined> {
  const { rows } = await db.query<StoredRow>({ name: 'inbox-claim', text: claim, values: [subject, now, backoff.capMs, backoff.baseMs] });
  const row = rows[0];
  if (!row) return undefined;
  const { key, kind, payload, traceparent, attempts, received_at } = row;
  return { key, kind, subject: row.subject, payload, traceparent: traceparent ?? undefined, attempt: attempts, receivedAt: received_at };
}

export async function markDone(db: ClientBase, key: string, now: Date): Promise<void> {
  await db.query({ name: 'inbox-done', text: 'update inbox set done_at = $2, last_error = null where key = $1', values: [key, now] });
}

export async function postpone(db: ClientBase, key: string, notBefore: Date, reason: string): Promise<void> {
  await db.query('update inbox set not_before = $2, last_error = $3 where key = $1', [key, notBefore, reason]);
}

/** The same, but the attempt does not count. */
export async function postponeUncounted(db: ClientBase, key: string, notBefore: Date, reason: string): Promise<void> {
  await db.query('update inbox set attempts = attempts - 1, not_before = $2, last_error = $3 where key = $1', [key, notBefore, reason]);
}

export async function bury(db: ClientBase, key: string, now: Date, reason: string): Promise<void> {
  await db.query('update inbox set dead_at = $2, last_error = $3 where key = $1', [key, now, reason]);
}

// By id, so that the oldest go first; a row that is not the first of its subject waits, whatever the reason its first one waits for.
const due = `
  select subject from inbox as row
  where done_at is null and dead_at is null and not_before <= $1 and subject <> all ($2::text[])
    and not exists (select from inbox as earlier
      where earlier.subject = row.subject and earlier.id < row.id and earlier.done_at is null and earlier.dead_at is null)
  order by id limit $3`;

/** Subjects whose first waiting row is due, oldest row first, without those `inHand`. */
export async function dueSubjects(db: Pick<ClientBase, 'query'>, now: Date, inHand: readonly string[], limit: number): Promise<string[]> {
  const { rows } = await db.query<{ subject: string }>(due, [now, inHand, limit]);
  return rows.map(({ subject }) => subject);
}
