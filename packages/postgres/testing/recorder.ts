import type { OutboxRow } from '../src/index.ts';

/** A log in memory: what was published, in order, second deliveries included. */
export interface Recorder {
  messages: OutboxRow[];
  ids(): string[];
  /** Ids of one key in the order in which each arrived first. */
  firstArrivals(key: string): string[];
  /** Runs before a batch is taken; when it rejects, nothing of the batch is. */
  before: (batch: readonly OutboxRow[]) => Promise<void>;
  publish: (batch: readonly OutboxRow[]) => Promise<void>;
}

export function record(): Recorder {
  const messages: OutboxRow[] = [];
  const recorder: Recorder = {
    messages,
    ids: () => messages.map(({ id }) => id),
    firstArrivals: (key) => [...new Set(messages.filter((it) => it.key === key).map(({ id }) => id))],
    before: () => Promise.resolve(),
    async publish(batch) {
      await recorder.before(batch);
      messages.push(...batch);
    },
  };
  return recorder;
}
