import { DoubloonError } from '@doubloon/errors';
import type { z } from 'zod';
import { envelope, eventSchema, type CloudEvent } from './cloud-event.ts';
import type { LogRecord } from './event-log.ts';
import { eventTypes, isEventType, type EventType } from './event-types.ts';

/** What the Kafka binding of CloudEvents calls for in structured mode. */
export const contentType = 'application/cloudevents+json';

const byType = new Map<string, ReturnType<typeof eventSchema>>();
const schemaOf = (type: EventType) => {
  const known = byType.get(type) ?? eventSchema(type);
  byType.set(type, known);
  return known;
};

const problemsOf = (error: z.ZodError): string => error.issues.map(({ path, message }) => `${path.join('.') || 'event'}: ${message}`).join('; ');

/** The event as structured JSON. `EVENT_MALFORMED` when it is not what its schema says: what we publish is checked as strictly as what we read. */
export function encodeEvent(event: CloudEvent): string {
  const checked = schemaOf(event.type).safeParse(event);
  if (!checked.success) throw new DoubloonError('EVENT_MALFORMED', { problem: problemsOf(checked.error) });
  return JSON.stringify(checked.data);
}

/**
 * Reads structured JSON. Attributes and data fields that this version doesn't know are dropped. Two failures to keep apart:
 * `EVENT_TYPE_UNKNOWN` is a sound event of a type added since (skip it); `EVENT_MALFORMED` breaks a promise (a poison record).
 */
export function decodeEvent(text: string): CloudEvent {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DoubloonError('EVENT_MALFORMED', { problem: 'it is not JSON' }, { cause });
  }
  const outer = envelope.pick({ specversion: true, type: true, id: true, source: true }).safeParse(json);
  if (!outer.success) throw new DoubloonError('EVENT_MALFORMED', { problem: problemsOf(outer.error) });
  const { type } = outer.data;
  if (!isEventType(type)) throw new DoubloonError('EVENT_TYPE_UNKNOWN', { type });
  const event = schemaOf(type).safeParse(json);
  if (!event.success) throw new DoubloonError('EVENT_MALFORMED', { problem: problemsOf(event.error) });
  return event.data as CloudEvent;
}

/** The topic that events of a type go to. */
export const topicOf = (type: EventType): string => eventTypes[type].topic;

/** The event as a record for its topic: the key is its subject, so that the events of one issue, or user, keep their order. */
export const toRecord = (event: CloudEvent): LogRecord => ({ key: event.subject, value: encodeEvent(event), headers: { 'content-type': contentType, 'ce-id': event.id } });
