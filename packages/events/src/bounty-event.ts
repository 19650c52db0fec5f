import type { CloudEvent } from './cloud-event.ts';
import type { BountyEventType } from './event-types.ts';
import { newEvent, type EventFacts } from './new-event.ts';

/** `funded` for `dev.doubloon.bounty.funded.v1`, and so on. */
export type BountyEventName = BountyEventType extends `dev.doubloon.bounty.${infer Name}.v1` ? Name : never;

/** The subject is `<repository id>/<issue id>`. */
export type BountyEventFacts<N extends BountyEventName> = EventFacts<`dev.doubloon.bounty.${N}.v1`>;

/** Builds an event of topic `bounty`. `EVENT_MALFORMED` when the facts are not what the schema of the type says. */
export const bountyEvent = <N extends BountyEventName>(name: N, facts: BountyEventFacts<N>): CloudEvent<`dev.doubloon.bounty.${N}.v1`> => newEvent(`dev.doubloon.bounty.${name}.v1`, facts);
