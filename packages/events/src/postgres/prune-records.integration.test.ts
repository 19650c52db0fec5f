import { randomUUID } from 'node:crypto';
import { testDatabase } from '@doubloon/postgres/testing';
import type { Pool } from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { quiet } from '../../testing/quiet-log.ts';
import { openEventLog, type EventLog } from '../index.ts';

const eventually = { timeout: 30_000, interval: 25 };
const [long, policy, lately] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-03-01T00:00:00Z'), new Date('2026-05-01T00:00:00Z')];

interface Place { readonly log: EventLog; readonly topic: string; readonly pool: Pool }

/** A log with one partition that holds `old` records of long ago, and behind them `recent` ones. */
async function logWith(old: number, recent: number): Promise<Place> {
  const { url, pool } = await testDatabase();
  const topic = `t-${randomUUID()}`;
  const log = await openEventLog(url, { clientId: 'prune', log: quiet, topics: [topic], partitions: 1 });
  onTestFinished(() => log[Symbol.asyncDispose]());
  await publish({ log, topic, pool }, old + recent);
  await pool.query('update event_log.record set stored_at = case when "offset" < $1 then $2 else $3 end::timestamptz', [old, long, lately]);
  return { log, topic, pool };
}

const publish = ({ log, topic }: Place, count: number) => log.publish(topic, Array.from({ length: count }, (_, n) => ({ key: 'k', value: String(n) })));

async function offsets({ log, topic }: Place): Promise<string[]> {
  const found: string[] = [];
  for await (const { offset } of log.replay(topic)) found.push(offset);
  return found;
}

/** Lets the group read all there is, and leave. */
async function read({ log, topic }: Place, group: string, upTo = Infinity): Promise<string[]> {
  const seen: string[] = [];
  const stuck = new Error('wants no more');
  const subscription = await log.subscribe({ topics: [topic], group, handle: ({ offset }) => (Number(offset) >= upTo ? Promise.reject(stuck) : Promise.resolve(void seen.push(offset))) });
  const [end] = await log.ends(topic);
  await vi.waitFor(async () => expect((await log.positions(topic, group))[0]?.offset).toBe(String(Math.min(upTo, Number(end?.offset)))), eventually);
  await subscription[Symbol.asyncDispose]();
  return seen;
}

test('what is older than the policy goes, what is younger stays under the same offsets, and new records follow them', async () => {
  const place = await logWith(2_500, 3);
  expect(await place.log.prune(place.topic, policy)).toBe(2_500);
  expect(await offsets(place)).toEqual(['2500', '2501', '2502']);
  expect((await publish(place, 1))[0]?.offset).toBe('2503');
});

test('what a group has not read yet stays, however old, until it has', async () => {
  const place = await logWith(6, 0);
  await read(place, 'quick');
  await read(place, 'slow', 4);
  expect(await place.log.prune(place.topic, policy)).toBe(4);
  expect(await offsets(place)).toEqual(['4', '5']);
  expect(await read(place, 'slow')).toEqual(['4', '5']);
  expect(await place.log.prune(place.topic, policy)).toBe(2);
});

test('a group that has only joined keeps everything', async () => {
  const place = await logWith(4, 0);
  await using _joined = await place.log.subscribe({ topics: [place.topic], group: 'joined', handle: () => Promise.reject(new Error('not yet')) });
  expect(await place.log.prune(place.topic, policy)).toBe(0);
});

test('a group that nobody was in for as long as records are kept holds nothing back, and begins anew', async () => {
  const place = await logWith(6, 2);
  await read(place, 'gone', 3);
  await place.pool.query('update event_log.committed set seen_at = $1', [long]);
  expect(await place.log.prune(place.topic, policy)).toBe(6);
  expect(await read(place, 'gone')).toEqual(['6', '7']);
});

test('a group that is new begins at the first record that is kept, also when none is', async () => {
  const place = await logWith(4, 1);
  await place.log.prune(place.topic, policy);
  expect(await read(place, 'new')).toEqual(['4']);
  await place.pool.query('update event_log.record set stored_at = $1', [long]);
  await place.log.prune(place.topic, policy);
  expect(await read(place, 'newer')).toEqual([]);
  await publish(place, 1);
  expect(await read(place, 'newer')).toEqual(['5']);
});

test('a record behind a younger one stays: what is kept has no gap', async () => {
  const place = await logWith(6, 0);
  await place.pool.query('update event_log.record set stored_at = $1 where "offset" = 2', [lately]);
  expect(await place.log.prune(place.topic, policy)).toBe(2);
  expect(await offsets(place)).toEqual(['2', '3', '4', '5']);
});

test('who reads from the start while that is pruned is told so, and never takes what has a gap for all', async () => {
  const place = await logWith(1_600, 1);
  const reading = place.log.replay(place.topic)[Symbol.asyncIterator]();
  const first = await reading.next();
  expect(first.value).toMatchObject({ offset: '0' });
  await place.log.prune(place.topic, policy);
  const rest = (async () => { while ((await reading.next()).done !== true); })();
  await expect(rest).rejects.toMatchObject({ code: 'EVENT_LOG_PRUNED' });
});
