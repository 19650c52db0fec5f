import type { KafkaMessage } from 'kafkajs';
import type { StoredRecord } from '../event-log.ts';

type Header = NonNullable<KafkaMessage['headers']>[string];

const headerText = (header: Header): string => (Array.isArray(header) ? (header.at(-1) ?? '') : (header ?? '')).toString();

const headerTexts = (headers: KafkaMessage['headers'] = {}): Record<string, string> => {
  const texts: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    // Plain assignment would make this one the prototype.
    if (name === '__proto__') Object.defineProperty(texts, name, { value: headerText(headers[name]), enumerable: true, configurable: true, writable: true });
    else texts[name] = headerText(headers[name]);
  }
  return texts;
};

/** A record as Kafka keeps it. Of a header that stands there twice the last one counts; a record of others may lack a key or a value. */
export const storedRecord = (topic: string, partition: number, { key, value, headers, offset, timestamp }: Pick<KafkaMessage, 'key' | 'value' | 'headers' | 'offset' | 'timestamp'>): StoredRecord => ({
  topic, partition, offset,
  key: key?.toString() ?? '',
  value: value?.toString() ?? '',
  headers: headerTexts(headers),
  timestamp: new Date(Number(timestamp)),
});
