import type { SizedRecord } from '../accept-records.ts';
import type { Position } from '../event-log.ts';
import { partitionOf } from '../partition-of.ts';
import type { Database } from './session.ts';

// One statement, so one transaction. `locked` takes the counters in partition order: writers queue and can't deadlock. The
// lock is held until commit, so offsets become visible in their order and without gaps.
const append = `
  with batch as (
    select * from unnest($2::int[], $3::text[], $4::text[], $5::text[]) with ordinality as r(partition, key, value, headers, nth)
  ), counted as (
    select partition, count(*) as records from batch group by partition
  ), locked as materialized (
    select partition from event_log.partition where topic = $1 and partition in (select partition from counted) order by partition for update
  ), moved as (
    update event_log.partition p set next_offset = p.next_offset + counted.records
    from locked join counted using (partition)
    where p.topic = $1 and p.partition = locked.partition
    returning p.partition, p.next_offset - counted.records as first
  ), placed as (
    select batch.*, moved.first + row_number() over (partition by batch.partition order by batch.nth) - 1 as "offset" from batch join moved using (partition)
  ), stored as (
    insert into event_log.record (topic, partition, "offset", key, value, headers)
    select $1, partition, "offset", key, value, headers::json from placed
  )
  select partition, "offset", pg_notify('event_log', '') from placed order by nth`;

/** Stores the records durably and returns their positions in the order given. */
export async function appendRecords(db: Database, topic: string, partitions: number, records: readonly SizedRecord[]): Promise<Position[]> {
  const { rows } = await db.query<{ partition: number; offset: string }>({
    name: 'append-records',
    text: append,
    values: [
      topic,
      records.map(({ key }) => partitionOf(key, partitions)),
      records.map(({ key }) => key),
      records.map(({ value }) => value),
      records.map(({ headers }) => JSON.stringify(headers)),
    ],
  });
  return rows.map(({ partition, offset }) => ({ topic, partition, offset }));
}
