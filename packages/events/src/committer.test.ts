import { expect, test } from 'vitest';
import { createCommitter, type Commit } from './committer.ts';

const mark = (partition: number, next: bigint): Commit => ({ topic: 't', partition, next });

test('writes the newest mark of each partition, one write at a time, and flush waits for all of them', async () => {
  const written: (readonly Commit[])[] = [];
  let active = 0;
  const committer = createCommitter(async (commits) => {
    expect(++active).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    written.push(commits);
    active--;
  }, () => undefined);
  committer.mark(mark(0, 1n));
  committer.mark(mark(0, 2n));
  committer.mark(mark(1, 1n));
  await new Promise((resolve) => setImmediate(resolve));
  committer.mark(mark(0, 3n));
  await committer.flush();
  expect(written).toEqual([[mark(0, 2n), mark(1, 1n)], [mark(0, 3n)]]);
});

test('a write that fails is told once, and the next mark is written', async () => {
  const told: unknown[] = [];
  let broken = true;
  const committer = createCommitter(() => (broken ? Promise.reject(new Error('gone')) : Promise.resolve()), (error) => told.push(error));
  committer.mark(mark(0, 1n));
  await committer.flush();
  broken = false;
  committer.mark(mark(0, 2n));
  await committer.flush();
  expect(told).toEqual([expect.objectContaining({ message: 'gone' })]);
});
