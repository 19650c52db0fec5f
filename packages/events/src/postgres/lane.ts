import { setTimeout as sleep } from 'node:timers/promises';
import { deliver, retryPause, type Delivery } from '../deliver.ts';
import type { Progress, StoredRecord } from '../event-log.ts';
import { trackProgress } from '../track-progress.ts';

/** One partition that this consumer owns, being worked on. */
export interface Lane {
  readonly topic: string;
  readonly partition: number;
  /** Tells it where the partition ends now. */
  see(end: bigint): void;
  progress(): Progress;
  /** Finishes the record under way and resolves; nothing is handled afterwards. */
  stop(): Promise<void>;
}

export interface LaneOptions {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  readonly now: () => Date;
  readonly delivery: Delivery;
  read(from: bigint): Promise<readonly StoredRecord[]>;
  handled(next: bigint): void;
  /** Reading failed: the session is of no more use. */
  failed(error: unknown): void;
}

export function startLane({ topic, partition, from, now, delivery, read, handled, failed }: LaneOptions): Lane {
  const stopping = new AbortController();
  const tracker = trackProgress(topic, partition, from, now);
  let awake = Promise.withResolvers<undefined>();

  /** True when it was handled or buried, false when it was time to stop before. */
  const insist = async (record: StoredRecord): Promise<boolean> => {
    for (let attempt = 1; !stopping.signal.aborted; attempt++) {
      if (await deliver(record, attempt, delivery)) return true;
      await sleep(retryPause(attempt), undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    return false;
  };

  const work = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (tracker.position >= tracker.end) {
        await awake.promise;
        awake = Promise.withResolvers();
        continue;
      }
      const { end } = tracker;
      const records = await read(tracker.position);
      // All up to the end that was seen is pruned, before this group was there.
      if (records.length === 0) {
        tracker.moved(end);
        handled(end);
      }
      for (const record of records) {
        if (!(await insist(record))) return;
        tracker.moved(BigInt(record.offset) + 1n);
        handled(tracker.position);
      }
    }
  };

  const done = work().catch(failed);
  return {
    topic,
    partition,
    see(end) {
      tracker.see(end);
      if (tracker.position < tracker.end) awake.resolve(undefined);
    },
    progress: () => tracker.progress(),
    async stop() {
      stopping.abort();
      awake.resolve(undefined);
      await done;
    },
  };
}
