import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startChild } from '../testing/child.ts';
import { silent as log, testDatabase } from '../testing/index.ts';
import { readCatalog } from '../testing/catalog.ts';
import { checkSchema, migrate, migrationsFolder, readMigrations, schemaVersion } from './index.ts';

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'doubloon-migrations-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await add(folder, files);
  return folder;
}

async function add(folder: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

const table = (number: number, name: string, more = ''): Record<string, string> => {
  const file = `${String(number).padStart(6, '0')}_${name}`;
  return { [`${file}.up.sql`]: `create table ${name} (id int);${more}`, [`${file}.down.sql`]: `drop table ${name};` };
};

async function tables(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(`select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'schema_history' order by 1`);
  return rows.map(({ name }) => name);
}

const folders = (await readdir(migrationsFolder('.'), { withFileTypes: true })).filter((it) => it.isDirectory()).map(({ name }) => name);

test.each(folders)('each migration of %s goes up, down and up again, and down leaves what was before', async (app) => {
  const { url, pool } = await testDatabase();
  const folder = migrationsFolder(app);
  for (const { version } of await readMigrations(folder)) {
    const before = await readCatalog(pool);
    expect(await migrate({ url, folder, to: version, log })).toBe(version);
    const after = await readCatalog(pool);
    expect(after).not.toEqual(before);
    expect(await migrate({ url, folder, to: 'down', log })).toBe(version - 1);
    expect(await readCatalog(pool)).toEqual(before);
    await migrate({ url, folder, to: version, log });
    expect(await readCatalog(pool)).toEqual(after);
  }
  await migrate({ url, folder, to: 0, log });
  expect(await tables(pool)).toEqual([]);
  await migrate({ url, folder, log });
  await checkSchema(pool, folder);
});

test('inbox and outbox are the same in all apps', async () => {
  const catalogs = [];
  for (const app of ['github-app', 'identity', 'treasury']) {
    const { url, pool } = await testDatabase();
    await migrate({ url, folder: migrationsFolder(app), to: 1, log });
    catalogs.push(await readCatalog(pool));
  }
  expect(catalogs[0]?.length).toBeGreaterThan(20);
  expect(catalogs[1]).toEqual(catalogs[0]);
  expect(catalogs[2]).toEqual(catalogs[0]);
});

test('of a pair only the up file is run, in the order of the numbers', async () => {
  const { url, pool } = await testDatabase();
  const folder = await folderWith({ ...table(1, 'zebra'), ...table(2, 'ant', 'insert into ant select count(*) from zebra;') });
  expect(await migrate({ url, folder, log })).toBe(2);
  expect(await tables(pool)).toEqual(['ant', 'zebra']);
});

test('four runners at once do the work once', async () => {
  const { url, pool } = await testDatabase();
  const folder = await folderWith({ ...table(1, 'a', 'select pg_sleep(0.3); insert into a values (1);'), ...table(2, 'b') });
  const runners = [1, 2, 3, 4].map(() => startChild('migrate-process.ts', { url, folder }));
  await Promise.all(runners.map((runner) => runner.said('version 2')));
  expect((await pool.query('select * from a')).rowCount).toBe(1);
  expect((await pool.query('select * from schema_history')).rowCount).toBe(2);
});

test('a runner that is killed in the middle of a file leaves nothing of it, and the next one completes', async () => {
  const { url, pool } = await testDatabase();
  const slow = await folderWith({ ...table(1, 'a'), ...table(2, 'b', 'select pg_sleep(600);') });
  const runner = startChild('migrate-process.ts', { url, folder: slow });
  const sleeping = async (): Promise<number | null> =>
    (await pool.query(`select from pg_stat_activity where datname = current_database() and query like '%pg_sleep(600)%' and state = 'active' and pid <> pg_backend_pid()`)).rowCount;
  await expect.poll(sleeping, { timeout: 10_000 }).toBe(1);
  await runner.kill();
  expect(await schemaVersion(pool)).toBe(1);
  const mended = await folderWith({ ...table(1, 'a'), ...table(2, 'b') });
  expect(await migrate({ url, folder: mended, log })).toBe(2);
  expect(await tables(pool)).toEqual(['a', 'b']);
  expect(await sleeping()).toBe(0);
});

test('a bad file is rolled back whole, keeps the files before it, and can be mended', async () => {
  const { url, pool } = await testDatabase();
  const folder = await folderWith({ ...table(1, 'a'), ...table(2, 'b', 'insert into nowhere values (1);'), ...table(3, 'c') });
  await expect(migrate({ url, folder, log })).rejects.toMatchObject({ code: 'MIGRATION_FAILED', facts: { reason: expect.stringContaining('nowhere') as string } });
  expect(await tables(pool)).toEqual(['a']);
  expect(await schemaVersion(pool)).toBe(1);
  await add(folder, table(2, 'b'));
  expect(await migrate({ url, folder, log })).toBe(3);
});

test('a file that comes late, with the number of one that has been applied, is refused', async () => {
  const { url, pool } = await testDatabase();
  const folder = await folderWith({ ...table(1, 'a'), ...table(2, 'b') });
  await migrate({ url, folder, log });
  const other = await folderWith({ ...table(1, 'a'), ...table(2, 'late'), ...table(3, 'b') });
  await expect(migrate({ url, folder: other, log })).rejects.toMatchObject({ code: 'MIGRATION_FAILED', facts: { reason: expect.stringContaining('000002_late') as string } });
  expect(await tables(pool)).toEqual(['a', 'b']);
});

test('the history keeps its order when the time zone of the database moves', async () => {
  const { url, pool } = await testDatabase();
  const { rows: [{ name } = { name: '' }] } = await pool.query<{ name: string }>('select current_database() as name');
  const folder = await folderWith({ ...table(1, 'a'), ...table(2, 'b'), ...table(3, 'c') });
  for (const [index, zone] of ['Asia/Tokyo', 'America/Los_Angeles', 'UTC'].entries()) {
    await pool.query(`alter database ${name} set timezone = '${zone}'`);
    expect(await migrate({ url, folder, to: index + 1, log })).toBe(index + 1);
  }
});

test('a table that stays locked makes the migration fail instead of blocking everybody', async () => {
  const { url, pool } = await testDatabase();
  const folder = await folderWith(table(1, 'a'));
  await migrate({ url, folder, log });
  await add(folder, { '000002_more.up.sql': 'alter table a add column more int;', '000002_more.down.sql': 'alter table a drop column more;' });
  const holder = await pool.connect();
  await holder.query('begin; select * from a');
  await expect(migrate({ url, folder, log })).rejects.toMatchObject({ cause: { code: '55P03' } });
  await holder.query('commit');
  holder.release();
  expect(await migrate({ url, folder, log })).toBe(2);
}, 20_000);

test('goes to a version and back by steps, and refuses one that does not exist', async () => {
  const { url, pool } = await testDatabase();
  const folder = await folderWith({ ...table(1, 'a'), ...table(2, 'b'), ...table(3, 'c') });
  expect(await migrate({ url, folder, to: 2, log })).toBe(2);
  expect(await migrate({ url, folder, to: 'latest', log })).toBe(3);
  expect(await migrate({ url, folder, to: 'down', log })).toBe(2);
  expect(await migrate({ url, folder, to: 1, log })).toBe(1);
  expect(await tables(pool)).toEqual(['a']);
  expect(await migrate({ url, folder, to: 0, log })).toBe(0);
  expect(await migrate({ url, folder, to: 'down', log })).toBe(0);
  await expect(migrate({ url, folder, to: 4, log })).rejects.toMatchObject({ code: 'MIGRATIONS_INVALID' });
  await expect(migrate({ url, folder, to: -1, log })).rejects.toMatchObject({ code: 'MIGRATIONS_INVALID' });
});

test('an older runner leaves a newer schema as it is', async () => {
  const { url, pool } = await testDatabase();
  const old = await folderWith(table(1, 'a'));
  const fresh = await folderWith({ ...table(1, 'a'), ...table(2, 'b') });
  await migrate({ url, folder: fresh, log });
  expect(await migrate({ url, folder: old, log })).toBe(2);
  expect(await tables(pool)).toEqual(['a', 'b']);
});

test('a program refuses an older schema, and an empty database', async () => {
  const { url, pool } = await testDatabase();
  const folder = await folderWith({ ...table(1, 'a'), ...table(2, 'b') });
  await expect(checkSchema(pool, folder)).rejects.toMatchObject({ code: 'SCHEMA_TOO_OLD', facts: { have: '0', need: '2' } });
  await migrate({ url, folder, to: 1, log });
  await expect(checkSchema(pool, folder)).rejects.toMatchObject({ code: 'SCHEMA_TOO_OLD', facts: { have: '1', need: '2' } });
  await migrate({ url, folder, log });
  await expect(checkSchema(pool, folder)).resolves.toBeUndefined();
});

test('a program takes a newer schema only if every migration since is marked as compatible with it', async () => {
  const { url, pool } = await testDatabase();
  const first = migrationsFolder('treasury');
  const known = await folderWith({});
  for (const file of (await readdir(first)).filter((name) => name.startsWith('000001_'))) await cp(join(first, file), join(known, file));
  const newer = await folderWith({});
  await cp(known, newer, { recursive: true });
  const mark = (version: number, compatible: number): string => `insert into schema_compatibility values (${version}, ${compatible});`;
  await add(newer, { ...table(2, 'two', mark(2, 1)), ...table(3, 'three', mark(3, 1)), ...table(4, 'four', mark(4, 2)), ...table(5, 'five') });

  await migrate({ url, folder: newer, to: 3, log });
  await expect(checkSchema(pool, known)).resolves.toBeUndefined();
  await migrate({ url, folder: newer, to: 4, log });
  await expect(checkSchema(pool, known)).rejects.toMatchObject({ code: 'SCHEMA_INCOMPATIBLE', facts: { have: '4', need: '1' } });
  await add(known, table(2, 'two', mark(2, 1)));
  await expect(checkSchema(pool, known)).resolves.toBeUndefined();
  await migrate({ url, folder: newer, to: 5, log });
  await expect(checkSchema(pool, known)).rejects.toMatchObject({ code: 'SCHEMA_INCOMPATIBLE', facts: { have: '5', need: '2' } });
});
