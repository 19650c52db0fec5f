import type { Pool } from 'pg';
import { isDoubloonError } from '@doubloon/errors';
import { decodeEvent, PoisonRecord, topicOf, type EventLog, type Subscription } from '@doubloon/events';
import { failpoint } from '@doubloon/failpoints';
import { storeInbox } from '@doubloon/postgres';

/** The topics that are read here, and the kind of inbox row that an event of each becomes. */
export const [bountyKind, identityKind] = ['bounty', 'identity'] as const;
export const topics = [bountyKind, identityKind] as const;

/** Puts every event of an issue's money and of somebody's wallet in the inbox, under its id. Events only wake an issue: what they say is asked for again. */
export function consumeEvents(events: EventLog, pool: Pool, onStored: () => void): Promise<Subscription> {
  return events.subscribe({
    topics,
    group: 'github-app',
    async handle(record) {
      const event = decode(record.value);
      if (event === undefined) return;
      failpoint('event-read');
      await storeInbox(pool, {
        key: event.id, kind: topicOf(event.type), subject: event.subject, payload: { type: event.type, subject: event.subject },
        ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
      });
      onStored();
    },
  });
}

// An event of a type that was added since is sound, and no reason of ours to look.
function decode(value: string): ReturnType<typeof decodeEvent> | undefined {
  try {
    return decodeEvent(value);
  } catch (error) {
    if (isDoubloonError(error, 'EVENT_TYPE_UNKNOWN')) return undefined;
    if (isDoubloonError(error, 'EVENT_MALFORMED')) throw new PoisonRecord(error.message, { cause: error });
    throw error;
  }
}
