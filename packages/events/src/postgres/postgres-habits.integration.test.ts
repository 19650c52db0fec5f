import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate, migrationsFolder } from '@doubloon/postgres';
import { testDatabase } from '@doubloon/postgres/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startConsumerProcess } from '../../testing/consumer-process.ts';
import { quiet } from '../../testing/quiet-log.ts';
import { openEventLog, type EventLog, type StoredRecord } from '../index.ts';

const eventually = { timeout: 30_000, interval: 25 };

async function openOn(url: string, topic: string): Promise<EventLog> {
  const log = await openEventLog(url, { clientId: 'habits', log: quiet, topics: [topic] });
  onTestFinished(() => log[Symbol.asyncDispose]());
  return log;
}

const write = `
  with moved as (update event_log.partition set next_offset = next_offset + 1 where topic = $1 and partition = $2 returning next_offset - 1 as at)
  insert into event_log.record (topic, partition, "offset", key, value, headers) select $1, $2, at, 'raw', $3, '{}' from moved`;

test('a record that commits late is never stepped over: those behind it wait for it', async () => {
  const { url, pool } = await testDatabase();
  const topic = `t-${randomUUID()}`;
  const log = await openOn(url, topic);
  const partition = (await log.publish(topic, [{ key: 'k', value: 'first' }]))[0]?.partition;
  const seen: string[] = [];
  const subscription = await log.subscribe({ topics: [topic], group: 'g', handle: ({ value }) => Promise.resolve(void seen.push(value)) });
  onTestFinished(() => subscription[Symbol.asyncDispose]());
  await vi.waitFor(() => expect(seen).toEqual(['first']), eventually);

  const late = await pool.connect();
  await late.query('begin');
  await late.query(write, [topic, partition, 'late']);
  let published = false;
  const publishing = log.publish(topic, [{ key: 'k', value: 'behind' }]).then(() => (published = true));
  const waiting = `select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and query like '%event_log.partition%' and datname = current_database()`;
  await vi.waitFor(async () => expect((await pool.query<{ n: number }>(waiting)).rows[0]?.n).toBe(1), eventually);
  expect(published).toBe(false);
  await late.query('commit');
  late.release();
  await publishing;
  await vi.waitFor(() => expect(seen).toEqual(['first', 'late', 'behind']), eventually);
});

test('a record that no notification told of is found by looking', async () => {
  const { url, pool } = await testDatabase();
  const topic = `t-${randomUUID()}`;
  const log = await openOn(url, topic);
  const seen: string[] = [];
  const subscription = await log.subscribe({ topics: [topic], group: 'g', handle: ({ value }) => Promise.resolve(void seen.push(value)) });
  onTestFinished(() => subscription[Symbol.asyncDispose]());
  // One after the other: the first may still profit from the notification of the joining itself.
  for (const value of ['one', 'two', 'three']) {
    await pool.query(write, [topic, 3, value]);
    // Sooner than the server would end a session that looked no more.
    await vi.waitFor(() => expect(seen.at(-1)).toBe(value), { timeout: 5_000, interval: 25 });
  }
});

test('a consumer that is frozen loses its partitions to the others within seconds', async () => {
  const { url } = await testDatabase();
  const topic = `t-${randomUUID()}`;
  const log = await openOn(url, topic);
  const child = await startConsumerProcess({ url, topic, group: 'g' });
  const seen: StoredRecord[] = [];
  const subscription = await log.subscribe({ topics: [topic], group: 'g', handle: (record) => Promise.resolve(void seen.push(record)) });
  onTestFinished(() => subscription[Symbol.asyncDispose]());
  await vi.waitFor(() => expect(subscription.progress()).toHaveLength(3), eventually);
  child.freeze();
  await log.publish(topic, Array.from({ length: 60 }, (_, n) => ({ key: `1/${n}`, value: JSON.stringify({ n }) })));
  await vi.waitFor(() => expect(seen).toHaveLength(60), eventually);
  expect(subscription.progress()).toHaveLength(6);
});

test('a consumer holds no transaction open, which would hold back every outbox of the server', async () => {
  const { url, pool } = await testDatabase();
  const topic = `t-${randomUUID()}`;
  const log = await openOn(url, topic);
  const busy = Promise.withResolvers<undefined>();
  const started = Promise.withResolvers<undefined>();
  const subscription = await log.subscribe({ topics: [topic], group: 'g', handle: () => {
    started.resolve(undefined);
    return busy.promise;
  } });
  onTestFinished(() => subscription[Symbol.asyncDispose]());
  onTestFinished(() => busy.resolve(undefined));
  await log.publish(topic, [{ key: 'k', value: '{}' }]);
  await started.promise;
  const holding = `select count(*)::int as n from pg_stat_activity where application_name = 'habits' and (backend_xid is not null or state like 'idle in transaction%')`;
  for (let look = 0; look < 20; look++, await sleep(20)) expect((await pool.query<{ n: number }>(holding)).rows[0]?.n).toBe(0);
});

test('the database of an app is refused: a log wants one of its own', async () => {
  const { url } = await testDatabase();
  await migrate({ url, folder: migrationsFolder('treasury'), log: quiet });
  await expect(openEventLog(url, { clientId: 'habits', log: quiet, topics: ['t'] })).rejects.toMatchObject({ code: 'MIGRATION_FAILED' });
});
