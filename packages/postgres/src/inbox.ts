import type { ClientBase, Pool } from 'pg';
import { deleteInBatches, pruneBatch } from './in-batches.ts';

/** A fact from outside, to be stored before it is acknowledged. */
export interface InboxFact {
  /** What makes the second arrival a no-op: a webhook GUID, an event id, the node id of a comment. */
  key: string;
  /** Which handler it is for: `issue_comment.created`, `dev.doubloon.bounty.funded.v1`. */
  kind: string;
  /** Facts of one subject are handled one at a time, in the order of their arrival. */
  subject: string;
  /** Any JSON value; comes back as it was, U+0000 and lone surrogates included. */
  payload: unknown;
  /** W3C trace context of whoever brought it. */
  traceparent?: string;
}

const store = `
  insert into inbox (key, kind, subject, payload, traceparent) values ($1, $2, $3, $4, $5)
  on conflict (key) do nothing`;

/**
 * Stores the fact, in the caller's transaction when `db` is in one; answers false when the key is already there, whatever
 * came with it. Nothing is notified (NOTIFY makes commits queue up): call `wake` of this process's worker after the commit.
 */
export async function storeInbox(db: Pool | ClientBase, fact: InboxFact): Promise<boolean> {
  const { rowCount } = await db.query({ name: 'inbox-store', text: store, values: [fact.key, fact.kind, fact.subject, JSON.stringify(fact.payload), fact.traceparent ?? null] });
  return rowCount === 1;
}

const prune = `
  delete from inbox where key in
    (select key from inbox where done_at < $1 order by done_at limit ${pruneBatch})`;

/**
 * Deletes facts that were done before `olderThan`, a thousand at a time; answers how many. A fact that arrives again after
 * that is new again: keep them longer than the sender keeps sending (GitHub's delivery log is 72 hours deep). Facts that
 * wait or are dead stay.
 */
export const pruneInbox = (db: Pool | ClientBase, olderThan: Date): Promise<number> => deleteInBatches(db, prune, [olderThan]);
