import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { silent as log } from '../testing/index.ts';
import { record } from '../testing/recorder.ts';
import { startEmbeddedPostgres } from './embedded/index.ts';
import { enqueue, measureQueues, migrate, migrationsFolder, openPool, startInboxWorker, startOutboxRelay, storeInbox } from './index.ts';

test('worker and relay outlive a restart of the server, and nothing acknowledged is lost', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'doubloon-restart-'));
  await chmod(parent, 0o711);
  onTestFinished(() => rm(parent, { recursive: true }));
  const dataDir = join(parent, 'data');
  const first = await startEmbeddedPostgres({ dataDir });
  const url = await first.createDatabase('app');
  await migrate({ url, folder: migrationsFolder('treasury'), log });
  const pool = openPool({ url, name: 'app', max: 10 });
  const recorder = record();
  const worker = startInboxWorker({ pool, log, now: () => new Date(), pollMs: 20, backoff: { attempts: 10, baseMs: 1, capMs: 20 }, handle: ({ key, subject }, db) => enqueue(db, { id: key, topic: 't', key: subject, value: {} }) });
  const relay = startOutboxRelay({ pool, log, pollMs: 20, publish: recorder.publish });

  const acknowledged: string[] = [];
  let sending = true;
  const sender = (async () => {
    for (let n = 0; sending; n++) {
      const stored = await storeInbox(pool, { key: String(n), kind: 'k', subject: `s${n % 3}`, payload: {} }).catch(() => false);
      if (stored) acknowledged.push(String(n));
      // A sender that is refused in an instant would do nothing but spin while the server is away.
      else await sleep(20);
    }
  })();
  await expect.poll(() => recorder.messages.length).toBeGreaterThan(50);
  await first[Symbol.asyncDispose]();
  await using _second = await startEmbeddedPostgres({ dataDir, port: first.port });
  const before = recorder.messages.length;
  await expect.poll(() => recorder.messages.length, { timeout: 20_000 }).toBeGreaterThan(before + 50);
  sending = false;
  await sender;
  await expect.poll(async () => {
    const { inboxWaiting, outboxWaiting } = await measureQueues(pool);
    return inboxWaiting + outboxWaiting;
  }, { timeout: 30_000 }).toBe(0);
  const arrived = new Set(recorder.ids());
  expect(acknowledged.filter((key) => !arrived.has(key))).toEqual([]);
  expect(await measureQueues(pool)).toMatchObject({ inboxDead: 0, outboxDead: 0 });
  await relay[Symbol.asyncDispose]();
  await worker[Symbol.asyncDispose]();
  await pool.end();
});
