import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrationsFolder } from '@doubloon/postgres';
import { openTestDatabase, type TestDatabase } from '@doubloon/postgres/testing';
import { openPool } from '@doubloon/postgres';
import { allow, allowLookUp, forgetAllowances } from './allowance.ts';

let database: TestDatabase;
let at = Date.parse('2026-11-21T12:00:00Z');
beforeAll(async () => { database = await openTestDatabase(migrationsFolder('identity')); });
afterAll(() => database[Symbol.asyncDispose]());
const now = () => new Date(at);
const here = () => ({ pool: database.pool, now });

const spent = async (times: number, who: Parameters<typeof allow>[2], what: Parameters<typeof allow>[1] = 'submit') => {
  const outcomes: string[] = [];
  for (let nth = 0; nth < times; nth++) outcomes.push(await allow(here(), what, who).then(() => 'allowed', (error: { code: string }) => error.code));
  return outcomes;
};

test('a user may submit ten times at once, then once a minute, and is told how long to wait', async () => {
  expect((await spent(11, { githubId: '1' })).filter((outcome) => outcome === 'allowed')).toHaveLength(10);
  await expect(allow(here(), 'submit', { githubId: '1' })).rejects.toMatchObject({ code: 'RATE_LIMITED', facts: { retryAfterMs: 60_000 }, message: 'That was asked too often: try again in 60 s.' });
  at += 60_000;
  expect(await spent(2, { githubId: '1' })).toEqual(['allowed', 'RATE_LIMITED']);
  expect(await spent(1, { githubId: '2' })).toEqual(['allowed']);
});

test('two instances behind one database share it, also when they ask at once', async () => {
  const other = openPool({ url: database.url, name: 'other' });
  const outcomes = await Promise.allSettled(Array.from({ length: 30 }, (_, nth) => allow({ pool: nth % 2 === 0 ? database.pool : other, now }, 'submit', { githubId: '3' })));
  await other.end();
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
});

test('all addresses of one network of the sixth version share what one may ask', async () => {
  expect((await spent(31, { address: '2001:db8::1' })).at(-1)).toBe('RATE_LIMITED');
  expect(await spent(1, { address: '2001:db8::2' })).toEqual(['RATE_LIMITED']);
});

test('looking people up is bounded for all together, so that strangers leave most of what GitHub answers in an hour to decisions', async () => {
  for (let nth = 0; nth < 100; nth++) await allowLookUp(here());
  await expect(allowLookUp(here())).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  at += 6_000;
  await allowLookUp(here());
});

test('what is used up is forgotten once it says nothing any more', async () => {
  await allow(here(), 'submit', { githubId: '9' });
  at += 86_400_000;
  await forgetAllowances(database.pool, now());
  expect((await database.pool.query('select from allowance')).rowCount).toBe(0);
});
