import { DoubloonError } from '@doubloon/errors';
import { migrationsFolder } from '@doubloon/postgres';
import { openTestDatabase, type TestDatabase } from '@doubloon/postgres/testing';
import { createLogger } from '@doubloon/service';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { wakeIssue } from './issue-row.ts';
import { startIssueWorker } from './issue-worker.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const issue = { repositoryId: '10', issueId: '100' };
const start = Date.parse('2026-01-01T00:00:00Z');
const patience = { timeout: 20_000 };

let database: TestDatabase;
beforeAll(async () => { database = await openTestDatabase(migrationsFolder('github-app')); });
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await database.pool.query('truncate repository cascade');
  await database.pool.query("insert into repository (id, full_name, seen_at) values ('10', 'a/b', now())");
  await database.pool.query("insert into issue (repository_id, id, number, title, url, is_pull_request) values ('10', '100', 7, 'T', 'u', false)");
  await wakeIssue(database.pool, issue, new Date(start));
});

const failed = (status: number, message: string, isAnswered = true) => Object.assign(new Error(message), { name: 'HttpError', status, ...(isAnswered ? { response: { status, headers: {} } } : {}) });

test.each<[string, () => Error]>([
  ['a refusal that lasts', () => failed(403, 'Unable to create comment because issue is locked.')],
  ['an outage', () => failed(502, 'Bad Gateway')],
])('a reason that comes up during an attempt which ends in %s is looked at at once', async (_what, error) => {
  let attempts = 0;
  await using worker = startIssueWorker({
    pool: database.pool, log, now: () => new Date(start), pollMs: 10,
    async tend() {
      attempts += 1;
      if (attempts > 1) return undefined;
      await wakeIssue(database.pool, issue, new Date(start));
      throw error();
    },
  });
  worker.wake();
  await expect.poll(() => attempts, patience).toBe(2);
});

test.each<[string, () => Error, number]>([
  ['GitHub fails', () => failed(502, 'Bad Gateway'), 20_000],
  ['GitHub can not be reached', () => failed(500, 'fetch failed', false), 20_000],
  ['the treasury is away', () => new DoubloonError('SERVICE_UNAVAILABLE', { service: 'treasury' }), 20_000],
  ['the database is away', () => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 20_000],
  ['it is our own mistake', () => new TypeError('undefined is not a function'), 300_000],
])('when %s for long it is tried again after a while that does not grow any more', async (_what, error, wait) => {
  await database.pool.query('update living_comment set attempts = 30');
  await using worker = startIssueWorker({ pool: database.pool, log, now: () => new Date(start), random: () => 1, pollMs: 10, tend: () => Promise.reject(error()) });
  worker.wake();
  const due = async () => (await database.pool.query<{ due: Date }>('select due_at as due from living_comment')).rows[0]?.due.getTime();
  await expect.poll(async () => ((await due()) ?? 0) - start, patience).toBe(wait);
});
