import type { Progress } from './event-log.ts';

export interface Tracker {
  readonly position: bigint;
  readonly end: bigint;
  /** Everything before `next` is handled. */
  moved(next: bigint): void;
  /** The partition was seen to end there; an older sight of it changes nothing. */
  see(end: bigint): void;
  progress(): Progress;
}

/** Follows one partition of one consumer, from its next offset on. */
export function trackProgress(topic: string, partition: number, from: bigint, now: () => Date): Tracker {
  let position = from;
  let end = from;
  let since = now();
  return {
    get position() {
      return position;
    },
    get end() {
      return end;
    },
    moved(next) {
      position = next;
      if (end < position) end = position;
      since = now();
    },
    see(seen) {
      if (seen > end) end = seen;
      if (position === end) since = now();
    },
    progress: () => ({ topic, partition, position: position.toString(), end: end.toString(), since }),
  };
}
