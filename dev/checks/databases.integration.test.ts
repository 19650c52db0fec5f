import pg from 'pg';
import { expect, test } from 'vitest';
import { enqueue, inTransaction, migrate, migrationsFolder, openPool, storeInbox } from '@doubloon/postgres';
import { startEmbeddedPostgres } from '@doubloon/postgres/embedded';
import { createDatabase } from '../images/database.ts';
import { databaseApps } from './settings-of.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

test('the owner migrates; the app reads and writes rows, changes no table, and enters no other database', async () => {
  await using postgres = await startEmbeddedPostgres({ durable: false });
  const admin = await postgres.createDatabase('nobodys');
  const databases = await Promise.all(databaseApps.map(async (app) => ({ app, name: app.replaceAll('-', '_'), urls: await createDatabase(admin, app.replaceAll('-', '_')) })));
  for (const { app, name, urls } of databases) {
    await migrate({ url: urls.owner, folder: migrationsFolder(app), log: quiet });
    const pool = openPool({ url: urls.app, name: 'test' });
    try {
      // What every app does: take in, tell, be woken, be the only one.
      await storeInbox(pool, { key: 'a', kind: 'b', subject: 'c', payload: {} });
      await inTransaction(pool, async (db) => enqueue(db, { id: 'a', topic: 'bounty', key: 'a', value: {} }));
      await pool.query('delete from inbox');
      await pool.query('listen bell');
      await pool.query('select pg_try_advisory_lock(1)');
      for (const statement of ['create table mine (id int)', 'create temporary table mine (id int)', 'drop table inbox', 'truncate inbox', 'alter table inbox add column mine int', 'create role mine']) {
        await expect(pool.query(statement), `${app}: ${statement}`).rejects.toMatchObject({ code: '42501' });
      }
    } finally {
      await pool.end();
    }
    for (const other of databases.filter((database) => database.name !== name)) {
      const client = new pg.Client({ connectionString: Object.assign(new URL(urls.app), { pathname: `/${other.name}` }).href });
      await expect(client.connect(), `${app} in ${other.name}`).rejects.toMatchObject({ code: '42501' });
    }
  }
});
