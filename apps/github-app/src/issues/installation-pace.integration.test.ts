import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrationsFolder } from '@doubloon/postgres';
import { openTestDatabase, type TestDatabase } from '@doubloon/postgres/testing';
import { createAlone, holdInstallation, requireTurn, TooSoon } from './installation-pace.ts';

let database: TestDatabase;
beforeAll(async () => { database = await openTestDatabase(migrationsFolder('github-app')); });
afterAll(() => database[Symbol.asyncDispose]());

const start = Date.parse('2026-01-01T00:00:00Z');
const at = (ms: number) => new Date(start + ms);
const takeTurn = (pool: TestDatabase['pool'], installationId: string, now: Date) => createAlone(pool, installationId, () => now, () => Promise.resolve());

/** How many of the locks are held, or waited for. */
const locks = async (state: 'granted' | 'not granted') =>
  (await database.pool.query(`select from pg_locks where locktype = 'advisory' and ${state} and database = (select oid from pg_database where datname = current_database())`)).rowCount;

test('of a hundred that would create at once eighty may, each installation for itself', async () => {
  const { pool } = database;
  const tries = await Promise.allSettled(Array.from({ length: 100 }, () => takeTurn(pool, '1', at(0))));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(80);
  for (const one of tries) if (one.status === 'rejected') expect(one.reason).toEqual(new TooSoon(at(60_000)));
  await takeTurn(pool, '2', at(0));
  await expect(takeTurn(pool, '1', at(59_999))).rejects.toEqual(new TooSoon(at(60_000)));
  await takeTurn(pool, '1', at(60_000));
});

test('what is an hour old is forgotten', async () => {
  const { pool } = database;
  for (const ms of [0, 1_000, 3_600_000]) await takeTurn(pool, '3', at(ms));
  expect((await pool.query('select created_at from installation where id = $1', ['3'])).rows).toEqual([{ created_at: [at(1_000), at(3_600_000)] }]);
});

test('a limit holds back creating and everything else, and a shorter one does not shorten it', async () => {
  const { pool } = database;
  await requireTurn(pool, '4', at(0));
  await holdInstallation(pool, '4', at(5_000));
  await holdInstallation(pool, '4', at(3_000));
  await expect(takeTurn(pool, '4', at(4_999))).rejects.toEqual(new TooSoon(at(5_000)));
  await expect(requireTurn(pool, '4', at(4_999))).rejects.toEqual(new TooSoon(at(5_000)));
  await requireTurn(pool, '4', at(5_000));
  await takeTurn(pool, '4', at(5_000));
});

test('what is created for one installation is created one after the other, and another installation does not wait for it', async () => {
  const { pool } = database;
  const log: string[] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => { open = resolve; });
  const create = (installation: string, name: string, wait?: Promise<void>) => createAlone(pool, installation, () => at(0), async () => {
    log.push(`${name} begins`);
    await wait;
    log.push(`${name} ends`);
  });
  const first = create('5', 'first', gate);
  await expect.poll(() => log).toEqual(['first begins']);
  const second = create('5', 'second');
  await expect.poll(() => locks('not granted')).toBe(1);
  await create('6', 'other');
  expect(log).toEqual(['first begins', 'other begins', 'other ends']);
  open();
  await Promise.all([first, second]);
  expect(log.slice(3)).toEqual(['first ends', 'second begins', 'second ends']);
});

test('who waits for long behind another is told to come back, and what fails lets the next one in', async () => {
  const { pool } = database;
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => { open = resolve; });
  const first = createAlone(pool, '7', () => at(0), async () => {
    await gate;
    throw new Error('GitHub is away');
  });
  await expect.poll(() => locks('granted')).toBe(1);
  await expect(takeTurn(pool, '7', at(0))).rejects.toEqual(new TooSoon(at(500)));
  open();
  await expect(first).rejects.toThrow('GitHub is away');
  await takeTurn(pool, '7', at(0));
  expect((await pool.query('show lock_timeout')).rows).toEqual([{ lock_timeout: '0' }]);
});
