import type { KafkaMessage } from 'kafkajs';
import type { StoredRecord } from '../event-log.ts';

type Header = NonNullable<KafkaMessage['headers']>[string];

const headerText = (header: Header): string => (Array.isArray(header) ? (header.at(-1) ?? '') : (header ?? '')).toString();

/** A record as Kafka keeps it. Of a header that stands there twice the last one counts; a record of others may lack a key or a value. */
export const storedRecord = (topic: string, partition: number, { key, value, headers, offset, timestamp }: Pick<KafkaMessage, 'key' | 'value' | 'headers' | 'offset' | 'timestamp'>): StoredRecord => ({
  topic, partition, offset,
  key: key?.toString() ?? '',
  value: value?.toString() ?? '',
  headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, header]) => [name, headerText(header)])),
  timestamp: new Date(Number(timestamp)),
});
