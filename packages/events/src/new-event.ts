import { encodeSequence, schemaId, type CloudEvent } from './cloud-event.ts';
import { encodeEvent } from './event-codec.ts';
import { eventTypes, type EventData, type EventType } from './event-types.ts';

export interface EventFacts<T extends EventType> {
  /** Made from what the event tells of, so that a retry makes the same one. */
  readonly id: string;
  /** Whom or what it is about, as the topic has it. */
  readonly subject: string;
  readonly time: Date;
  /** Place among the events of the subject; only ever grows. */
  readonly sequence: bigint;
  readonly traceparent?: string | undefined;
  readonly data: EventData<T>;
}

/** Builds an event. `EVENT_MALFORMED` when the facts are not what the schema of the type says. */
export function newEvent<T extends EventType>(type: T, facts: EventFacts<T>): CloudEvent<T> {
  const event = {
    specversion: '1.0', id: facts.id, type, source: eventTypes[type].source, subject: facts.subject, time: facts.time.toISOString(),
    sequence: encodeSequence(facts.sequence), ...(facts.traceparent === undefined ? {} : { traceparent: facts.traceparent }),
    datacontenttype: 'application/json', dataschema: schemaId(type), data: facts.data,
  } as unknown as CloudEvent;
  return JSON.parse(encodeEvent(event)) as CloudEvent<T>;
}
