import type { Commit } from '../committer.ts';
import type { Position } from '../event-log.ts';
import type { Database } from './session.ts';

// In one order, as in all that writes here: members of a group never wait for each other in a circle.
const commit = `
  insert into event_log.committed ("group", topic, partition, next_offset)
  select $1, * from unnest($2::text[], $3::int[], $4::bigint[]) as committed (topic, partition, next) order by topic, partition
  on conflict ("group", topic, partition) do update set next_offset = excluded.next_offset, seen_at = clock_timestamp()`;

/** Has to run on the session that owns the partitions: when that is gone, so is the right to commit. */
export async function commitOffsets(session: Database, group: string, commits: readonly Commit[]): Promise<void> {
  const values = [group, commits.map((it) => it.topic), commits.map((it) => it.partition), commits.map((it) => it.next.toString())];
  await session.query({ name: 'commit-offsets', text: commit, values });
}

const join = `
  insert into event_log.committed ("group", topic, partition, next_offset)
  select $1, topic, partition, 0 from event_log.partition where topic = any($2) order by topic, partition
  on conflict ("group", topic, partition) do update set seen_at = clock_timestamp()`;

/** Says that somebody of the group is there: from now on what it has not read is kept for it. */
export async function keepJoined(session: Database, group: string, topics: readonly string[]): Promise<void> {
  await session.query({ name: 'keep-joined', text: join, values: [group, topics] });
}

const read = `
  select p.topic, p.partition, coalesce(c.next_offset, 0) as "offset"
  from event_log.partition p left join event_log.committed c on c."group" = $1 and c.topic = p.topic and c.partition = p.partition
  where p.topic = $2 order by p.partition`;

/** What the group has committed in each partition of the topic, 0 where it has not yet. */
export async function readCommitted(db: Database, group: string, topic: string): Promise<Position[]> {
  return (await db.query<Position>({ name: 'read-committed', text: read, values: [group, topic] })).rows;
}
