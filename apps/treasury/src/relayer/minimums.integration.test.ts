import { expect, test } from 'vitest';
import { parseDenoms } from '@doubloon/domain';
import { wrappedSol as mint } from '@doubloon/escrow';
import { createIdentityClient } from '@doubloon/rpc';
import { createLogger } from '@doubloon/service';
import { openAuthority } from '../../testing/authority.ts';
import { knowMinimums } from './minimums.ts';

const issuer = 'Nobody.';
const denoms = parseDenoms({ cluster: 'localnet', denoms: [{ name: 'sol', mint: null, decimals: 9, tokenProgram: null, issuer }, { name: 'usdc', mint, decimals: 6, tokenProgram: 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA', issuer }] });

async function knowing() {
  const authority = await openAuthority();
  let now = 0;
  const identity = createIdentityClient({ url: authority.env['TREASURY_IDENTITY_URL'] ?? '', token: authority.env['TREASURY_IDENTITY_TOKEN'] ?? '', caller: 'treasury' });
  const minimumOf = knowMinimums({ identity, denoms, now: () => new Date(now), log: createLogger({ name: 'test', level: 'silent' }) });
  return { authority, minimumOf, wait: (ms: number) => { now += ms; } };
}

test('a repository is asked for its minimums once in ten minutes, and each denom has its own', async () => {
  const { authority, minimumOf, wait } = await knowing();
  authority.limit([{ denom: 'usdc', minimum: '5000000' }, { denom: 'sol', minimum: '' }]);
  expect([await minimumOf('1', mint), await minimumOf('1', undefined), await minimumOf('2', mint)]).toEqual([5_000_000n, undefined, 5_000_000n]);
  expect(authority.rulesAsked).toEqual(['1', '2']);
  wait(10 * 60_000 + 1);
  await minimumOf('1', mint);
  expect(authority.rulesAsked).toEqual(['1', '2', '1']);
});

test('nobody waits for their money because the rules can not be asked for', async () => {
  const { authority, minimumOf } = await knowing();
  authority.limit([{ denom: 'usdc', minimum: '5000000' }]);
  await authority.goAway();
  expect(await minimumOf('1', mint)).toBeUndefined();
});
