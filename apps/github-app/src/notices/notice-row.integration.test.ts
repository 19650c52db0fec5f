import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrationsFolder } from '@doubloon/postgres';
import { openTestDatabase, type TestDatabase } from '@doubloon/postgres/testing';
import { intendNotice, isEnoughForToday, markTried } from './notice-row.ts';

let database: TestDatabase;
beforeAll(async () => { database = await openTestDatabase(migrationsFolder('github-app')); });
afterAll(() => database[Symbol.asyncDispose]());

const now = new Date('2026-01-02T00:00:00Z');
const issues = ['1', '2', '3', '4', '5', '6'].map((issueId) => ({ repositoryId: '1', issueId }));

test('whoever awards strangers with a wallet of their own has them mentioned only so often in a day, and silences no comment that decides', async () => {
  const { pool } = database;
  await pool.query("insert into repository (id, full_name, seen_at) values ('1', 'a/b', $1)", [now]);
  for (const { issueId } of issues) await pool.query("insert into issue (repository_id, id, number, title, url, is_pull_request) values ('1', $1, $2, 't', 'https://github.example/a/b/issues/1', false)", [issueId, Number(issueId)]);
  const sent: number[] = [];
  for (const issue of issues) {
    let count = 0;
    for (let nth = 0; nth < 40; nth++) {
      const notice = nth % 2 === 0 ? { kind: 'wallet', subject: String(nth + 1) } as const : { kind: 'window', subject: `deposit ${String(nth)} 2026-01-02` } as const;
      await intendNotice(pool, issue, notice, now);
      if (await isEnoughForToday(pool, issue, notice, now)) continue;
      await markTried(pool, issue, notice, now);
      count++;
    }
    sent.push(count);
    expect(await isEnoughForToday(pool, issue, { kind: 'window', subject: 'issue-comment/9' }, now)).toBe(false);
  }
  expect(sent).toEqual([16, 16, 16, 16, 0, 0]);
  expect(await isEnoughForToday(pool, { repositoryId: '1', issueId: '6' }, { kind: 'wallet', subject: '1' }, new Date('2026-01-03T00:00:01Z'))).toBe(false);
});
