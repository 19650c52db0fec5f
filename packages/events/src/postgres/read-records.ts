import type { StoredRecord } from '../event-log.ts';
import type { Database } from './session.ts';

const pageRecords = 500;
const pageBytes = 1_000_000;

// A page is bounded in records and in bytes, and holds at least one record.
const read = `
  select "offset", key, value, headers, stored_at from (
    select *, sum(octet_length(value)) over (order by "offset") - octet_length(value) as bytes_before from (
      select * from event_log.record where topic = $1 and partition = $2 and "offset" >= $3 order by "offset" limit ${pageRecords}
    ) page
  ) sized where bytes_before < ${pageBytes} order by "offset"`;

/** The next records of a partition from offset `from` on; empty at its end. */
export async function readRecords(db: Database, topic: string, partition: number, from: bigint): Promise<StoredRecord[]> {
  const { rows } = await db.query<{ offset: string; key: string; value: string; headers: Record<string, string>; stored_at: Date }>({
    name: 'read-records', text: read, values: [topic, partition, from.toString()],
  });
  return rows.map(({ offset, key, value, headers, stored_at }) => ({ topic, partition, offset, key, value, headers, timestamp: stored_at }));
}
