import { encodeSequence, schemaId, type CloudEvent } from './cloud-event.ts';
import { encodeEvent } from './event-codec.ts';
import { eventTypes, type BountyEventType, type EventData } from './event-types.ts';

/** `funded` for `dev.doubloon.bounty.funded.v1`, and so on. */
export type BountyEventName = BountyEventType extends `dev.doubloon.bounty.${infer Name}.v1` ? Name : never;

export interface BountyEventFacts<N extends BountyEventName> {
  /** Made from what the event tells of, so that a retry makes the same one. */
  readonly id: string;
  /** `<repository id>/<issue id>`. */
  readonly subject: string;
  readonly time: Date;
  /** Place among the events of the subject; only ever grows. */
  readonly sequence: bigint;
  readonly traceparent?: string | undefined;
  readonly data: EventData<`dev.doubloon.bounty.${N}.v1`>;
}

/** Builds an event of topic `bounty`. `EVENT_MALFORMED` when the facts are not what the schema of the type says. */
export function bountyEvent<N extends BountyEventName>(name: N, facts: BountyEventFacts<N>): CloudEvent<`dev.doubloon.bounty.${N}.v1`> {
  const type = `dev.doubloon.bounty.${name}.v1` as const satisfies BountyEventType;
  const event = {
    specversion: '1.0', id: facts.id, type, source: eventTypes[type].source, subject: facts.subject, time: facts.time.toISOString(),
    sequence: encodeSequence(facts.sequence), ...(facts.traceparent === undefined ? {} : { traceparent: facts.traceparent }),
    datacontenttype: 'application/json', dataschema: schemaId(type), data: facts.data,
  } as unknown as CloudEvent<typeof type>;
  return JSON.parse(encodeEvent(event as CloudEvent)) as CloudEvent<typeof type>;
}
