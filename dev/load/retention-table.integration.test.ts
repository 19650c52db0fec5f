import { migrationsFolder } from '@doubloon/postgres';
import { testDatabase } from '@doubloon/postgres/testing';
import { expect, test } from 'vitest';
import { databases, isKeptForEver, readRetention } from './retention-table.ts';

const tables = "select tablename as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')";

test('docs/running.md says of each table of the migrations how long it keeps what it has, and of no other', async () => {
  const there: string[] = [];
  for (const database of databases) {
    const { pool } = await testDatabase(migrationsFolder(database));
    there.push(...(await pool.query<{ name: string }>(tables)).rows.map(({ name }) => `${database}.${name}`));
  }
  const told = await readRetention();
  expect([...told.keys()].toSorted()).toEqual(there.toSorted());
  for (const [table, kept] of told) expect(kept, table).not.toBe('');
});

test('what is kept for ever is told from what is not', async () => {
  const told = await readRetention();
  expect(['treasury.deposit', 'github-app.inbox', 'identity.decision', 'event-log.record'].map((name) => isKeptForEver(told, name))).toEqual([true, false, false, false]);
});
