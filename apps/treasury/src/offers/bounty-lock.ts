import type { ClientBase, PoolClient } from 'pg';
import { failpoint } from '@doubloon/failpoints';
import { enqueue } from '@doubloon/postgres';
import { bountyEvent, toRecord, type BountyEventFacts, type BountyEventName, type CloudEvent } from '@doubloon/events';
import { currentTraceparent } from '@doubloon/service';
import { chartBounty } from '../board/chart-bounty.ts';
import { remember } from '../board/history.ts';

export interface BountyKey {
  readonly repositoryId: string;
  readonly issueId: string;
}

const kind = 0x445401;
const lock = 'select pg_advisory_xact_lock($1, hashtext($2))';
const subjectOf = ({ repositoryId, issueId }: BountyKey): string => `${repositoryId}/${issueId}`;

/**
 * Whoever changes an offer or deposit of a bounty holds this lock to the end of the transaction, and takes it before
 * anything else is written. An advisory lock and not a row lock: it gives the transaction no xid yet, so that events are
 * published (by xid) in the order of their sequence.
 */
export async function lockBounty(db: ClientBase, bounty: BountyKey): Promise<void> {
  await db.query(lock, [kind, subjectOf(bounty)]);
}

const next = 'update bounty set sequence = sequence + 1 where repository_id = $1 and issue_id = $2 returning sequence';

/**
 * Writes an event of a locked bounty into the outbox and its history, and what has changed by it onto the board: the rows it
 * tells of are written before. `id` is made from what it tells of.
 */
export async function tell<N extends BountyEventName>(db: PoolClient, bounty: BountyKey, name: N, { id, time, data }: Pick<BountyEventFacts<N>, 'id' | 'time' | 'data'>): Promise<void> {
  const { rows } = await db.query<{ sequence: string }>(next, [bounty.repositoryId, bounty.issueId]);
  const event = bountyEvent(name, { id, time, data, subject: subjectOf(bounty), sequence: BigInt(rows[0]?.sequence ?? 0), traceparent: currentTraceparent() });
  const { key, value, headers } = toRecord(event as CloudEvent);
  await enqueue(db, { id, topic: 'bounty', key, value: JSON.parse(value) as unknown, ...(headers === undefined ? {} : { headers }) });
  await remember(db, bounty, { id, kind: name, at: time, data });
  await chartBounty(db, bounty, time);
  failpoint('event-enqueued');
}
