import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DoubloonError } from '@doubloon/errors';
import type { Pool } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startChild } from '../testing/child.ts';
import { silent as log, testDatabase } from '../testing/index.ts';
import { record } from '../testing/recorder.ts';
import { enqueue, inTransaction, measureQueues, migrationsFolder, startOutboxRelay, type OutboxMessage } from './index.ts';

const folder = migrationsFolder('treasury');
const backoff = { attempts: 3, baseMs: 2, capMs: 10 };
const message = (id: string, key: string): OutboxMessage => ({ id, topic: 't', key, value: { id } });
const send = (pool: Pool, ...messages: OutboxMessage[]): Promise<void> => inTransaction(pool, async (db) => {
  for (const it of messages) await enqueue(db, it);
});
const dead = async (pool: Pool): Promise<{ event_id: string; attempts: number; reason: string }[]> =>
  (await pool.query<{ event_id: string; attempts: number; reason: string }>('select event_id, attempts, reason from outbox_dead order by id')).rows;

async function logFile(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'doubloon-relay-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return join(directory, 'log');
}
const read = async (file: string): Promise<string[]> => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');

test('a relay that is killed after it published and before it marked delivers again and loses nothing', async () => {
  const { url, pool } = await testDatabase(folder);
  const file = await logFile();
  await send(pool, message('1', 'a'), message('2', 'b'), message('3', 'a'));
  const first = startChild('relay-process.ts', { url, file, hangAfter: '2' });
  await first.said('published');
  await first.kill();
  expect(await read(file)).toEqual(['1', '2']);
  await send(pool, message('4', 'b'));
  startChild('relay-process.ts', { url, file });
  await expect.poll(() => read(file), { timeout: 15_000 }).toEqual(['1', '2', '1', '2', '3', '4']);
  await expect.poll(async () => (await measureQueues(pool)).outboxWaiting).toBe(0);
  expect(await dead(pool)).toEqual([]);
});

test('a message that kills its process is counted although nobody lived to tell, and is dead in the end; all others arrive', async () => {
  const { url, pool } = await testDatabase(folder);
  const file = await logFile();
  await send(pool, message('1', 'a'), message('poison', 'p'), message('2', 'a'), message('3', 'p'));
  for (let crashes = 0; crashes < 5; crashes++) {
    const relay = startChild('relay-process.ts', { url, file, poison: 'poison' });
    expect(await relay.ended).toBe(null);
  }
  startChild('relay-process.ts', { url, file, poison: 'poison' });
  await expect.poll(async () => (await measureQueues(pool)).outboxWaiting, { timeout: 15_000 }).toBe(0);
  expect([...new Set(await read(file))]).toEqual(['1', '2', '3']);
  expect(await dead(pool)).toEqual([{ event_id: 'poison', attempts: 5, reason: expect.stringContaining('ended the process') as string }]);
}, 60_000);

test('a message that fails alone while others pass goes to the dead letters; others do not wait for it, and its key goes on after it', async () => {
  const { pool } = await testDatabase(folder);
  const recorder = record();
  recorder.before = async (batch) => {
    if (batch.some(({ id }) => id === 'poison')) throw new Error('broker says no');
  };
  await send(pool, message('p1', 'p'), message('poison', 'p'), message('p2', 'p'), ...['x', 'y', 'z'].map((key) => message(`${key}1`, key)));
  await using _relay = startOutboxRelay({ pool, log, pollMs: 10, backoff, publish: recorder.publish });
  await expect.poll(() => recorder.ids().sort()).toEqual(['p1', 'x1', 'y1', 'z1']);
  // It is condemned only by messages that pass after it failed.
  for (let n = 0; (await dead(pool)).length === 0 && n < 200; n++) await send(pool, message(`more${n}`, 'x'));
  expect(await dead(pool)).toMatchObject([{ event_id: 'poison', attempts: 3 }]);
  await expect.poll(() => recorder.firstArrivals('p')).toEqual(['p1', 'p2']);
  expect((await measureQueues(pool)).outboxDead).toBe(1);
});

test('a message that the log refuses for what it is goes to the dead letters at once, even from the middle of a batch', async () => {
  const { pool } = await testDatabase(folder);
  const recorder = record();
  recorder.before = async (batch) => {
    if (batch.some(({ id }) => id === 'huge')) throw new DoubloonError('EVENT_TOO_LARGE', { topic: 't', bytes: 2_000_000, limit: 1_000_000 });
  };
  await send(pool, message('1', 'a'), message('2', 'b'), message('huge', 'a'), message('3', 'a'), message('4', 'b'));
  await using _relay = startOutboxRelay({ pool, log, pollMs: 10, backoff, publish: recorder.publish });
  await expect.poll(() => recorder.ids()).toEqual(['1', '2', '3', '4']);
  expect(await dead(pool)).toMatchObject([{ event_id: 'huge', reason: expect.stringContaining('2000000 bytes') as string }]);
});

test.each([
  ['says so', () => new DoubloonError('EVENT_LOG_UNAVAILABLE', { operation: 'publish' })],
  ['fails in a way nobody knows', () => new Error('something')],
])('while the log is down and %s nothing is condemned, and afterwards all arrives in order', async (_how, error) => {
  const { pool } = await testDatabase(folder);
  const recorder = record();
  let calls = 0;
  recorder.before = async () => {
    // Many times the attempts that a single message has.
    if (++calls <= 40) throw error();
  };
  const messages = Array.from({ length: 20 }, (_, n) => message(String(n), `k${n % 5}`));
  await send(pool, ...messages);
  await using _relay = startOutboxRelay({ pool, log, pollMs: 5, backoff, publish: recorder.publish });
  await expect.poll(() => recorder.messages.length, { timeout: 20_000 }).toBe(20);
  for (let k = 0; k < 5; k++) expect(recorder.firstArrivals(`k${k}`)).toEqual(messages.filter(({ key }) => key === `k${k}`).map(({ id }) => id));
  expect(await dead(pool)).toEqual([]);
});

test('an outage in which each attempt takes longer than the wait between two condemns nothing', async () => {
  const { pool } = await testDatabase(folder);
  const recorder = record();
  let calls = 0;
  recorder.before = async () => {
    if (++calls > 20) return;
    await sleep(5 * backoff.capMs);
    throw new Error('timed out');
  };
  const messages = Array.from({ length: 5 }, (_, n) => message(String(n), `k${n}`));
  await send(pool, ...messages);
  await using _relay = startOutboxRelay({ pool, log, pollMs: 5, backoff, publish: recorder.publish });
  await expect.poll(() => recorder.ids().sort(), { timeout: 20_000 }).toEqual(['0', '1', '2', '3', '4']);
  expect(await dead(pool)).toEqual([]);
});

test('attempts whose process died are forgotten when the log turns out to be down', async () => {
  const { pool } = await testDatabase(folder);
  const recorder = record();
  let isDown = true;
  recorder.before = async () => {
    if (isDown) throw new DoubloonError('EVENT_LOG_UNAVAILABLE', { operation: 'publish' });
  };
  await send(pool, message('a', 'a'));
  await pool.query('update outbox set attempts = 2');
  await using _relay = startOutboxRelay({ pool, log, pollMs: 5, backoff, publish: recorder.publish });
  await expect.poll(async () => (await pool.query<{ attempts: number }>('select attempts from outbox')).rows, { interval: 1 }).toEqual([{ attempts: 0 }]);
  isDown = false;
  await expect.poll(() => recorder.ids()).toEqual(['a']);
  expect(await dead(pool)).toEqual([]);
});

test('a single message that fails with nothing to compare it to is kept', async () => {
  const { pool } = await testDatabase(folder);
  const recorder = record();
  let calls = 0;
  recorder.before = async () => {
    if (++calls <= 12) throw new Error('who knows why');
  };
  await send(pool, message('only', 'a'));
  await using _relay = startOutboxRelay({ pool, log, pollMs: 5, backoff, publish: recorder.publish });
  await expect.poll(() => recorder.ids(), { timeout: 10_000 }).toEqual(['only']);
  expect(await dead(pool)).toEqual([]);
});
