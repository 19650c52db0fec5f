import { expect, test } from 'vitest';
import { testDatabase, silent } from '../testing/index.ts';
import { checkSchema, enqueue, inTransaction, measureQueues, migrationsFolder, startInboxWorker, startOutboxRelay, storeInbox, type OutboxRow } from './index.ts';

test('a stored fact is handled and its message published', async () => {
  const t0 = performance.now();
  const { pool } = await testDatabase(migrationsFolder('treasury'));
  process.stdout.write(`db ${performance.now() - t0}\n`);
  await checkSchema(pool, migrationsFolder('treasury'));
  const out: OutboxRow[] = [];
  await using worker = startInboxWorker({ pool, log: silent, now: () => new Date(), handle: (row, db) => enqueue(db, { id: row.key, topic: 't', key: row.subject, value: row.payload }) });
  await using _relay = startOutboxRelay({ pool, log: silent, publish: async (rows) => void out.push(...rows) });
  expect(await storeInbox(pool, { key: 'a', kind: 'k', subject: 's', payload: { a: '\u0000\ud800' } })).toBe(true);
  expect(await storeInbox(pool, { key: 'a', kind: 'k', subject: 's', payload: {} })).toBe(false);
  worker.wake();
  await expect.poll(() => out.length).toBe(1);
  expect(out[0]).toMatchObject({ id: 'a', topic: 't', key: 's', value: { a: '\u0000\ud800' }, headers: {} });
  await expect.poll(() => measureQueues(pool)).toMatchObject({ inboxWaiting: 0, outboxWaiting: 0 });
  await inTransaction(pool, async () => undefined);
});
