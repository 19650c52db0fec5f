import type { CloudEvent } from './cloud-event.ts';
import type { IdentityEventType } from './event-types.ts';
import { newEvent, type EventFacts } from './new-event.ts';

/** `linked` for `dev.doubloon.identity.linked.v1`, and so on. */
export type IdentityEventName = IdentityEventType extends `dev.doubloon.identity.${infer Name}.v1` ? Name : never;

/** The subject is the GitHub user's id. */
export type IdentityEventFacts<N extends IdentityEventName> = EventFacts<`dev.doubloon.identity.${N}.v1`>;

/** Builds an event of topic `identity`. `EVENT_MALFORMED` when the facts are not what the schema of the type says. */
export const identityEvent = <N extends IdentityEventName>(name: N, facts: IdentityEventFacts<N>): CloudEvent<`dev.doubloon.identity.${N}.v1`> => newEvent(`dev.doubloon.identity.${name}.v1`, facts);
