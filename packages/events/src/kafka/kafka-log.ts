import { DoubloonError } from '@doubloon/errors';
import type { EventLog, EventLogOptions } from '../event-log.ts';

export function openKafkaLog(_brokers: readonly string[], _options: EventLogOptions): Promise<EventLog> {
  return Promise.reject(new DoubloonError('UNIMPLEMENTED', { method: 'kafka' }));
}
