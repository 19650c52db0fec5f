import { startFaultProxy } from '../../../dev/fault-proxy/fault-proxy.ts';
import { expect, onTestFinished, test } from 'vitest';
import { startTestPostgres, testDatabase } from '../testing/index.ts';
import { isDatabaseOutage, openPool } from './index.ts';

const patient = { timeout: 20_000 };

/** A pool of one connection that reaches its database through a proxy. */
async function open(statementMs: number) {
  const [{ port }, { url, pool: beside }] = [await startTestPostgres(), await testDatabase()];
  const proxy = await startFaultProxy({ to: { host: '127.0.0.1', port } });
  const through = new URL(url);
  through.port = String(proxy.port);
  const pool = openPool({ url: through.href, name: 'through', max: 1, statementMs });
  onTestFinished(async () => {
    await proxy.heal();
    proxy.reset();
    await pool.end();
    await proxy[Symbol.asyncDispose]();
  });
  const failure = (work: Promise<unknown>) => work.then(() => 'none', (error: unknown) => error);
  return { proxy, pool, beside, failure };
}

test('a connection that became half-open is noticed when its statement finds no answer, and replaced', async () => {
  const { proxy, pool, failure } = await open(1_000);
  await pool.query('select 1');
  proxy.halfOpen();
  const before = performance.now();
  const error = await failure(pool.query('select 1'));
  expect([isDatabaseOutage(error), (error as { code?: string }).code]).toEqual([true, 'ETIMEDOUT']);
  expect(performance.now() - before).toBeLessThan(5_000);
  expect(pool.totalCount).toBe(0);
  // Whoever comes meanwhile is told, and does not wait for ever.
  expect(isDatabaseOutage(await failure(pool.query('select 1')))).toBe(true);
  await proxy.heal();
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('everything that stands on a half-open connection fails at once when it was noticed', async () => {
  const { proxy, pool, failure } = await open(1_000);
  const db = await pool.connect();
  await db.query('begin');
  proxy.halfOpen();
  expect(isDatabaseOutage(await failure(db.query('select 1')))).toBe(true);
  const before = performance.now();
  for (const statement of ['rollback', 'select 1', 'select 2']) expect(isDatabaseOutage(await failure(db.query(statement)))).toBe(true);
  expect(performance.now() - before).toBeLessThan(500);
  db.release(true);
});

test('a connection that is only idle is not closed for it', async () => {
  const { pool } = await open(250);
  const db = await pool.connect();
  const pid = async () => (await db.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
  const first = await pid();
  // Longer than the patience with an answer, which is what must not end it.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await pid()).toBe(first);
  db.release();
});

test('a connection that was idle for long and became half-open is noticed all the same', async () => {
  const { proxy, pool, failure } = await open(250);
  const db = await pool.connect();
  await db.query('select 1');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  proxy.halfOpen();
  expect(await failure(db.query('select 1'))).toMatchObject({ code: 'ETIMEDOUT' });
  db.release(true);
});

test('a statement that is slow is ended by the server, and its connection stays', async () => {
  const { pool, failure } = await open(2_000);
  const db = await pool.connect();
  expect(await failure(db.query('select pg_sleep(60)'))).toMatchObject({ code: '57014' });
  expect((await db.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  db.release();
});

test.each(['cut', 'reset'] as const)('after a %s it goes on with a new connection', async (fault) => {
  const { proxy, pool, failure } = await open(5_000);
  await pool.query('select 1');
  const under = failure(pool.query('select pg_sleep(60)'));
  await expect.poll(() => pool.idleCount, patient).toBe(0);
  await proxy[fault]();
  expect(isDatabaseOutage(await under)).toBe(true);
  expect(isDatabaseOutage(await failure(pool.query('select 1')))).toBe(true);
  await proxy.heal();
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('waits for a connection are bounded', async () => {
  const { pool, failure } = await open(500);
  const db = await pool.connect();
  const error = await failure(pool.query('select 1'));
  expect([isDatabaseOutage(error), (error as Error).message]).toEqual([true, 'timeout exceeded when trying to connect']);
  db.release();
});

test('the server looks for peers that vanished', async () => {
  const { pool } = await open(5_000);
  const { rows } = await pool.query<{ name: string; setting: string }>("select name, setting from pg_settings where name like 'tcp_keepalives%' order by name");
  expect(rows).toEqual([{ name: 'tcp_keepalives_count', setting: '3' }, { name: 'tcp_keepalives_idle', setting: '15' }, { name: 'tcp_keepalives_interval', setting: '5' }]);
});
