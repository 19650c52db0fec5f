import { DoubloonError } from '@doubloon/errors';
import type { EventLog, EventLogOptions } from './event-log.ts';
import { openKafkaLog } from './kafka/kafka-log.ts';
import { openPostgresLog } from './postgres/postgres-log.ts';

/**
 * Opens the event log that `url` names: `kafka://host:port[,host:port…]`, or `postgres://…` for the embedded one. Creates the
 * topics of `options` that are missing. `CONFIG_INVALID` for any other URL, `EVENT_LOG_UNAVAILABLE` in bounded time when it can't be reached.
 */
export async function openEventLog(url: string, options: EventLogOptions): Promise<EventLog> {
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgresLog(url, options);
  const brokers = /^kafka:\/\/([^/\s]+)\/?$/.exec(url)?.[1]?.split(',');
  if (brokers?.every((broker) => /^(\[[0-9a-fA-F:]+\]|[^:[\]@]+):\d{1,5}$/.test(broker)) === true) return openKafkaLog(brokers, options);
  throw new DoubloonError('CONFIG_INVALID', { problems: ['EVENT_LOG_URL is neither kafka://host:port nor postgres://…'] });
}
