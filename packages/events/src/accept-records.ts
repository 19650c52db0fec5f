import { DoubloonError } from '@doubloon/errors';
import { contentType } from './event-codec.ts';
import type { LogRecord } from './event-log.ts';

/** Key, value and headers together. Below what a Kafka broker takes by default (1,048,588 with its own framing). */
export const recordLimit = 900_000;

/** A record with all its headers, and how many bytes it has. */
export interface SizedRecord extends Required<LogRecord> {
  readonly bytes: number;
}

export const recordBytes = ({ key, value, headers }: Required<LogRecord>): number =>
  [key, value, ...Object.entries(headers).flat()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);

// What one of the two logs could not give back as it came: Postgres has no NUL in text, UTF-8 has no lone surrogate.
const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** Refuses a batch before any of it is stored: `EVENT_MALFORMED`, `EVENT_TOO_LARGE`. */
export function acceptRecords(topic: string, records: readonly LogRecord[]): SizedRecord[] {
  return records.map((record) => {
    const headers = { 'content-type': contentType, ...record.headers };
    if (record.key === '') throw new DoubloonError('EVENT_MALFORMED', { problem: 'its key is empty' });
    if (![record.key, record.value, ...Object.entries(headers).flat()].every(isStorable)) throw new DoubloonError('EVENT_MALFORMED', { problem: 'it holds a NUL or a lone surrogate' });
    const bytes = recordBytes({ ...record, headers });
    if (bytes > recordLimit) throw new DoubloonError('EVENT_TOO_LARGE', { topic, bytes, limit: recordLimit });
    return { key: record.key, value: record.value, headers, bytes };
  });
}
