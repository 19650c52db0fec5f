import { PoisonRecord, deadTopic, type EventLogLogger, type StoredRecord } from './event-log.ts';

export interface Delivery {
  handle(record: StoredRecord): Promise<void>;
  /** Stores the record in its dead topic; resolves when that is durable. */
  bury(record: StoredRecord, reason: string): Promise<void>;
  readonly log: EventLogLogger;
}

/** Hands one record over. True: done with it, it may be committed. False: the same record has to be tried again. */
export async function deliver(record: StoredRecord, attempt: number, { handle, bury, log }: Delivery): Promise<boolean> {
  const { topic, partition, offset } = record;
  try {
    await handle(record);
    return true;
  } catch (error) {
    try {
      if (!(error instanceof PoisonRecord)) throw error;
      await bury(record, error.reason);
      log.warn({ topic, partition, offset, dead: deadTopic(topic), reason: error.reason }, 'poison record set aside');
      return true;
    } catch (err) {
      log.error({ err, topic, partition, offset, attempt }, 'record not handled, it will be tried again');
      return false;
    }
  }
}

const firstPause = 100;
const longestPause = 10_000;

/** Milliseconds before a record is tried again after `attempt` tries. */
export const retryPause = (attempt: number): number => Math.min(longestPause, firstPause * 2 ** Math.min(attempt - 1, 10));
