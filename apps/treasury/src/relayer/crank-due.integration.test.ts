import { expect, test } from 'vitest';
import { migrationsFolder } from '@doubloon/postgres';
import { openTestDatabase } from '@doubloon/postgres/testing';
import { crankDue } from './crank-due.ts';

test('what is due is found by an index, however many deposits are held and however much was tried before', async () => {
  await using database = await openTestDatabase(migrationsFolder('treasury'));
  const { pool } = database;
  await pool.query("insert into bounty (repository_id, issue_id, repository, number, title, url) values (1, 1, 'a/b', 1, 't', 'https://github.example/a/b/issues/1')");
  await pool.query(`
    insert into offer (id, source_kind, source_id, nth, source_url, repository_id, issue_id, offered_by, offered_by_login, denom, decimals, amount, nonce, state, offered_at, expires_at)
    select lpad(to_hex(n), 32, '0'), 'issue-comment', n, 0, '', 1, 1, 1, 'a', 'sol', 9, 1, n, 'funded', now(), now() from generate_series(1, 20000) n`);
  await pool.query(`
    insert into deposit (address, created_slot, offer_id, funder, amount, deadline, with_relayer, slot, seen_at)
    select 'd' || n, 1, lpad(to_hex(n), 32, '0'), 'f', 1, case when n <= 3 then timestamptz '2026-01-01' else timestamptz '2027-01-01' end, true, 1, now() from generate_series(1, 20000) n`);
  await pool.query("insert into relayer_intent (action, deposit, created_slot, sequence, state, next_at, created_at) select 'refund', 'd' || n, 1, 1, 'failed', now(), timestamptz '2026-01-01' from generate_series(1, 20000) n");
  await pool.query('vacuum analyze deposit, relayer_intent');
  const scanned = async () => (await pool.query<{ name: string; read: string }>("select relname as name, seq_tup_read::text as read from pg_stat_user_tables where relname in ('deposit', 'relayer_intent') order by 1")).rows;
  await pool.query('select pg_stat_reset()');
  expect(await crankDue({ pool, now: () => new Date('2026-02-01'), refundAfterMs: 600_000 }, BigInt(Date.parse('2026-02-01') / 1000))).toBe(3);
  await expect.poll(async () => { await pool.query('select pg_stat_force_next_flush()'); return scanned(); }).toEqual([{ name: 'deposit', read: '0' }, { name: 'relayer_intent', read: '0' }]);
  expect((await pool.query("select deposit from relayer_intent where state = 'waiting' order by 1")).rows).toEqual([{ deposit: 'd1' }, { deposit: 'd2' }, { deposit: 'd3' }]);
});
