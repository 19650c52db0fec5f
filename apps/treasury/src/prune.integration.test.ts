import { migrationsFolder } from '@doubloon/postgres';
import { testDatabase } from '@doubloon/postgres/testing';
import { expect, test } from 'vitest';
import { prune } from './prune.ts';

test('what was sent long ago goes once its end is told, by the thousand; what is under way or still named stays', async () => {
  const { pool } = await testDatabase(migrationsFolder('treasury'));
  const [now, old] = [new Date('2026-06-01T00:00:00Z'), new Date('2026-05-01T00:00:00Z')];
  const sent = (signature: string, state: string) => pool.query("insert into relayer_transaction (signature, transaction, state, next_at, built_at, cost) values ($1, '', $2, $3, $3, 0)", [signature, state, old]);
  await pool.query("insert into relayer_transaction (signature, transaction, state, next_at, built_at, cost) select 's' || n, '', 'expired', $1, $1, 0 from generate_series(1, 1500) n", [old]);
  await sent('under way', 'sent');
  await sent('named', 'finalized');
  await pool.query("insert into opened_account (github_id, mint, signature, opened_at) values (1, 'm', 'named', $1)", [old]);
  await prune({ pool, now: () => now });
  const { rows } = await pool.query<{ signature: string }>('select signature from relayer_transaction order by signature');
  expect(rows.map(({ signature }) => signature)).toEqual(['named', 'under way']);
});
