import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { createLogger } from '@doubloon/service';
import { expect, test } from 'vitest';
import { startIssueWorker, type IssueWorker } from './issue-worker.ts';

const log = createLogger({ name: 'test', level: 'silent' });

/** A worker before a database in which nothing is ever due; `onLook` runs at each look. */
function startIdle(onLook: () => void): IssueWorker {
  const pool = { query: () => { onLook(); return Promise.resolve({ rows: [] }); } } as unknown as Pool;
  return startIssueWorker({ pool, log, now: () => new Date(), tend: () => Promise.reject(new Error('nothing is due')), pollMs: 60_000 });
}

test('a flood of reasons to look is not looked at one by one', async () => {
  let looks = 0;
  const began = performance.now();
  await using worker = startIdle(() => {
    looks++;
    // As soon as it has looked there is the next reason, as in a burst of deliveries.
    setImmediate(() => { worker.wake(); });
  });
  await sleep(300);
  expect(looks).toBeGreaterThan(3);
  // Two looks, 2 and 8 ms after the one before, and a timer may be a millisecond early.
  expect(looks).toBeLessThan((performance.now() - began) / 3);
});

test('after a flood it still looks again, for what was committed last', async () => {
  const at: number[] = [];
  await using worker = startIdle(() => at.push(performance.now()));
  for (let nth = 0; nth < 50; nth++) {
    worker.wake();
    await sleep(1);
  }
  const last = performance.now();
  worker.wake();
  await expect.poll(() => at.filter((look) => look > last).length, { timeout: 5_000, interval: 10 }).toBeGreaterThanOrEqual(6);
});
