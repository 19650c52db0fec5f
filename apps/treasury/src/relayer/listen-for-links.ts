import type { Pool } from 'pg';
import { isDoubloonError } from '@doubloon/errors';
import { decodeEvent, PoisonRecord, type EventLog, type Subscription } from '@doubloon/events';
import { lookAgainAt } from './look-at-payees.ts';

/** What is told of somebody's link only makes their shares be looked at sooner: whom to pay is asked of the chain. */
export function listenForLinks(events: EventLog, pool: Pool, onNews: () => void): Promise<Subscription> {
  return events.subscribe({
    topics: ['identity'],
    group: 'treasury',
    async handle({ value }) {
      const githubId = userIn(value);
      if (githubId === undefined) return;
      await lookAgainAt({ pool }, githubId);
      onNews();
    },
  });
}

/** The GitHub user that an event is about; `undefined` for a type that is not known here. */
function userIn(text: string): string | undefined {
  try {
    return decodeEvent(text).subject;
  } catch (error) {
    if (isDoubloonError(error, 'EVENT_TYPE_UNKNOWN')) return undefined;
    if (isDoubloonError(error, 'EVENT_MALFORMED')) throw new PoisonRecord(error.message, { cause: error });
    throw error;
  }
}
