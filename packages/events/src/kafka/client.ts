import { Kafka, logLevel, type logCreator } from 'kafkajs';
import type { EventLogLogger } from '../event-log.ts';
import { mendRequestQueue } from './request-queue.ts';

mendRequestQueue();

/** Bounded, and well below the deadlines of our own operations; the library's defaults change with NODE_ENV. */
export const retry = { initialRetryTime: 100, factor: 0.2, multiplier: 2, retries: 4, maxRetryTime: 1_000 };

// The library calls a rebalance an error and says each refused connection five times. What matters of it comes to us as an
// error or as the end of a session, and is told once, by us.
const toOurs = (log: EventLogLogger): logCreator => () => ({ namespace, label, log: { message, timestamp: _, logger: __, ...facts } }) =>
  log.debug({ kafkajs: namespace, level: label, ...facts }, message);

/** Its own for every consumer: two consumers of one client would share what they know about a group's offsets. */
export const createClient = (brokers: readonly string[], clientId: string, log: EventLogLogger): Kafka =>
  new Kafka({ brokers: [...brokers], clientId, connectionTimeout: 2_000, requestTimeout: 10_000, retry, logLevel: logLevel.INFO, logCreator: toOurs(log) });
