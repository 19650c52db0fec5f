import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrationsFolder } from '@doubloon/postgres';
import { openTestDatabase, type TestDatabase } from '@doubloon/postgres/testing';
import { createIdentityClient, newServiceToken } from '@doubloon/rpc';
import { createLogger } from '@doubloon/service';
import { defaultKnownRules, type KnownRules } from './known-rules.ts';
import { rulesOf } from './rules-of.ts';

const log = createLogger({ name: 'test', level: 'silent' });
let database: TestDatabase;
beforeAll(async () => { database = await openTestDatabase(migrationsFolder('github-app')); });
afterAll(() => database[Symbol.asyncDispose]());

const start = new Date('2026-01-01T00:00:00Z');
const later = (ms: number) => new Date(start.getTime() + ms);
const quiet: KnownRules = { ...defaultKnownRules, silent: true };
let next = 1;

/** A repository of which this was known at the start, and what is said of its rules at another time, while nobody answers. */
async function repository(known?: KnownRules): Promise<(ms: number) => Promise<KnownRules | undefined>> {
  const id = String(next++);
  await database.pool.query('insert into repository (id, full_name, seen_at, rules, rules_at) values ($1, $2, $3, $4, $5)', [id, 'a/b', start, known === undefined ? null : JSON.stringify(known), known === undefined ? null : start]);
  return (ms) => rulesOf({ pool: database.pool, identity, now: () => later(ms), log }, id);
}

// A service that nobody can reach: its port was free a moment ago.
const port = await new Promise<number>((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = server.address() as AddressInfo;
    server.close(() => { resolve(free); });
  });
});
const identity = createIdentityClient({ url: `http://127.0.0.1:${String(port)}`, token: newServiceToken().token, caller: 'github-app', timeoutMs: 2_000 });

test('pitfall 43: while the identity service is away, the rules that were known last hold, however old', async () => {
  const rules = await repository(quiet);
  expect(await rules(1_000)).toEqual(quiet);
  expect(await rules(61_000)).toEqual(quiet);
  expect(await rules(365 * 86_400_000)).toEqual(quiet);
});

test('of a repository whose rules were never known nobody says what holds there', async () => {
  expect(await (await repository())(0)).toBeUndefined();
});

test('rules are asked for again after a minute, and those of a file with mistakes each time', async () => {
  let asked = 0;
  const counting = { getRules: (...args: Parameters<typeof identity.getRules>) => { asked += 1; return identity.getRules(...args); } };
  for (const [id, known] of [['fresh', quiet], ['wrong', { ...quiet, problems: ['Line 1: no.'] }]] as const) {
    await database.pool.query('insert into repository (id, full_name, seen_at, rules, rules_at) values ($1, $2, $3, $4, $3)', [id, 'a/b', start, JSON.stringify(known)]);
  }
  const ask = (id: string, ms: number) => rulesOf({ pool: database.pool, identity: counting, now: () => later(ms), log }, id);
  await ask('fresh', 59_000);
  expect(asked).toBe(0);
  await ask('fresh', 60_000);
  expect(asked).toBe(1);
  await ask('wrong', 1_000);
  expect(asked).toBe(2);
});
