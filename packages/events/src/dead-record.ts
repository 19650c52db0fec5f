import { recordBytes, recordLimit, type SizedRecord } from './accept-records.ts';
import type { StoredRecord } from './event-log.ts';

const reasonLength = 500;

/**
 * What is kept of a poison record: itself, with headers that say why and where from. It must always fit, or its partition
 * would stand still: the reason is made storable, and of a record that others wrote larger than we do only its place is kept.
 */
export function deadRecord({ key, value, headers, topic, partition, offset }: StoredRecord, reason: string): SizedRecord {
  const why = {
    'dead-reason': reason.replaceAll('\0', '').slice(0, reasonLength).toWellFormed(),
    'dead-topic': topic,
    'dead-partition': String(partition),
    'dead-offset': offset,
  };
  const whole = { key, value, headers: { ...headers, ...why } };
  const bytes = recordBytes(whole);
  if (bytes <= recordLimit + 10_000) return { ...whole, bytes };
  const place = { key: key.slice(0, 1_000).toWellFormed(), value: '', headers: why };
  return { ...place, bytes: recordBytes(place) };
}
