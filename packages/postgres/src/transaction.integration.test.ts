import { expect, test } from 'vitest';
import { silent, testDatabase } from '../testing/index.ts';
import { inTransaction, openPool } from './index.ts';

test('commits what was written, and rolls back when the work rejects', async () => {
  const { pool } = await testDatabase();
  await pool.query('create table t (n int)');
  expect(await inTransaction(pool, async (db) => (await db.query('insert into t values (1)')).rowCount)).toBe(1);
  const failed = inTransaction(pool, async (db) => {
    await db.query('insert into t values (2)');
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  expect((await pool.query('select n from t')).rows).toEqual([{ n: 1 }]);
  expect(pool.idleCount).toBe(pool.totalCount);
});

test('an error that was swallowed inside does not pass for a commit', async () => {
  const { pool } = await testDatabase();
  await pool.query('create table t (n int unique)');
  const swallowing = inTransaction(pool, async (db) => {
    await db.query('insert into t values (1)');
    await db.query('insert into t values (1)').catch(() => undefined);
  });
  await expect(swallowing).rejects.toMatchObject({ code: 'TRANSACTION_ABORTED' });
  expect((await pool.query('select n from t')).rows).toEqual([]);
});

test('a connection that dies in a transaction fails the work, not the process, and is not lent again', async () => {
  const { pool } = await testDatabase();
  const dying = inTransaction(pool, async (db) => {
    const { rows } = await db.query<{ pid: number }>('select pg_backend_pid() as pid');
    const ended = new Promise((resolve) => db.once('end', resolve));
    await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await ended;
    await db.query('select 1');
  });
  await expect(dying).rejects.toThrow();
  for (let count = 0; count < 20; count++) expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('an idle connection that dies is reported and replaced', async () => {
  const { url, pool } = await testDatabase();
  const said: string[] = [];
  const own = openPool({ url, name: 'own', max: 1, log: { ...silent, warn: (_fields, message) => said.push(message) } });
  const { rows } = await own.query<{ pid: number }>('select pg_backend_pid() as pid');
  await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
  await expect.poll(() => said).toEqual(['idle database connection failed']);
  expect((await own.query('select current_setting($1) as name', ['application_name'])).rows).toEqual([{ name: 'own' }]);
  await own.end();
});

test('the pool is bounded in connections and in the time of a statement', async () => {
  const { url } = await testDatabase();
  const pool = openPool({ url, name: 'bounded', max: 2 });
  await Promise.all(Array.from({ length: 10 }, () => pool.query('select pg_sleep(0.01)')));
  expect(pool.totalCount).toBe(2);
  expect((await pool.query(`select current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle`)).rows)
    .toEqual([{ statement: '30s', idle: '1min' }]);
  await pool.end();
});
