import type { Database } from './session.ts';

const batch = 1_000;

// A group has joined in all partitions of a topic or in some: where it has committed nothing, it has still to read everything.
// Only a beginning is cut off, so that what is left of a partition has no gap.
const prune = `
  with oldest as (
    select "offset", stored_at from event_log.record where topic = $1 and partition = $2 order by "offset" limit ${batch}
  ), reader as (
    select distinct "group" from event_log.committed where topic = $1
  ), kept as (
    select least(
      (select min("offset") from oldest where stored_at >= $3),
      (select min(coalesce(c.next_offset, 0)) from reader left join event_log.committed c on c."group" = reader."group" and c.topic = $1 and c.partition = $2)
    ) as first
  )
  delete from event_log.record using kept
  where topic = $1 and partition = $2 and "offset" in (select "offset" from oldest) and (kept.first is null or "offset" < kept.first)`;

// As Kafka forgets the offsets of a group that nobody was in for long: whoever comes again begins at the first record.
const forgetGroups = `
  delete from event_log.committed c where topic = $1
    and not exists (select from event_log.committed other where other."group" = c."group" and other.topic = $1 and other.seen_at >= $2)`;

/** Deletes what was stored before `olderThan` and was read by every group that was there since; answers how many records. A thousand at a time, along the primary key. */
export async function pruneRecords(db: Database, topic: string, partitions: number, olderThan: Date): Promise<number> {
  await db.query(forgetGroups, [topic, olderThan]);
  let pruned = 0;
  for (let partition = 0; partition < partitions; partition++) {
    let deleted: number;
    do {
      deleted = (await db.query({ name: 'prune-records', text: prune, values: [topic, partition, olderThan] })).rowCount ?? 0;
      pruned += deleted;
    } while (deleted === batch);
  }
  return pruned;
}
