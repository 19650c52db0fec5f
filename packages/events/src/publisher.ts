import { isDoubloonError } from '@doubloon/errors';
import type { EventLog } from './event-log.ts';

/** A message of an outbox; `value` is any JSON value. */
interface Message {
  readonly key: string;
  readonly value: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** What an outbox relay publishes with: all of a batch goes to one topic, and `health` hears whether the log is there. */
export function publisher(events: EventLog, topic: string, health: { up(): void; down(reason: string): void }): (batch: readonly Message[]) => Promise<void> {
  health.up();
  return async (batch) => {
    try {
      await events.publish(topic, batch.map(({ key, value, headers }) => ({ key, value: JSON.stringify(value), headers })));
      health.up();
    } catch (error) {
      // A message that the log refuses says nothing about the log.
      if (isDoubloonError(error, 'EVENT_LOG_UNAVAILABLE')) health.down(error.code);
      throw error;
    }
  };
}
