import { migrationsFolder } from '@doubloon/postgres';
import { testDatabase } from '@doubloon/postgres/testing';
import { expect, test } from 'vitest';
import { prune } from './prune.ts';

test('what was done more than thirty days ago is forgotten, what waits or is dead is kept', async () => {
  const { pool } = await testDatabase(migrationsFolder('github-app'));
  const now = new Date('2026-06-01T00:00:00Z');
  const [old, recent] = [new Date('2026-05-01T00:00:00Z'), new Date('2026-05-03T00:00:00Z')];
  await pool.query("insert into repository (id, full_name, seen_at) values ('1', 'a/b', now())");
  await pool.query("insert into issue (repository_id, id, number, title, url, is_pull_request) values ('1', '2', 3, 't', 'u', false)");
  for (const [key, done, dead] of [['old', old, null], ['recent', recent, null], ['waits', null, null], ['dead', null, old]]) {
    await pool.query("insert into inbox (key, kind, subject, payload, done_at, dead_at) values ($1, 'k', 's', '{}', $2, $3)", [key, done, dead]);
    await pool.query("insert into intent (key, repository_id, issue_id, work, done_at) values ($1, '1', '2', '{}', $2)", [key, done]);
  }
  await prune(pool, new Date(now.getTime() - 30 * 86_400_000));
  const keys = async (table: string) => (await pool.query<{ key: string }>(`select key from ${table} order by key`)).rows.map(({ key }) => key);
  expect(await keys('inbox')).toEqual(['dead', 'recent', 'waits']);
  expect(await keys('intent')).toEqual(['dead', 'recent', 'waits']);
});
