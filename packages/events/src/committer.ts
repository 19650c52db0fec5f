import { failpoint } from '@doubloon/failpoints';

/** Next offset of one partition, to be committed. */
export interface Commit {
  readonly topic: string;
  readonly partition: number;
  readonly next: bigint;
}

export interface Committer {
  /** Everything before `next` is handled. Written soon; a newer mark of the same partition takes its place. */
  mark(commit: Commit): void;
  /** Resolves when everything marked so far has been written, or could not be. */
  flush(): Promise<void>;
}

/**
 * Writes commits behind the handlers, one write at a time, each with the newest mark of every partition: a consumer waits for
 * no commit between two records. A write that fails is told to `failed` and not repeated: at worst records come again.
 */
export function createCommitter(write: (commits: readonly Commit[]) => Promise<void>, failed: (error: unknown) => void): Committer {
  const marked = new Map<string, Commit>();
  let writing: Promise<void> | undefined;

  const drain = async (): Promise<void> => {
    while (marked.size > 0) {
      const commits = [...marked.values()];
      marked.clear();
      failpoint('event-handled');
      await write(commits).catch(failed);
    }
    writing = undefined;
  };

  return {
    mark(commit) {
      marked.set(`${commit.topic}/${commit.partition}`, commit);
      // Not at once: the records that are handled in this turn share one write.
      writing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(drain);
    },
    flush: () => writing ?? Promise.resolve(),
  };
}
