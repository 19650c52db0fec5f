import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { localUsdc } from '@doubloon/localnet';
import { treasury } from '@doubloon/rpc';
import { startProcess } from '@doubloon/service/testing';
import { clientsOf, newSigner, offered, offerRequest, openHome, openLocalChain, patient, repositoryId, signedFor, startTreasury, stateOf, typesOf, type LocalChain } from '../testing/instance.ts';

const { OfferState } = treasury;
const main = join(import.meta.dirname, 'main.ts');
const tokenProgram = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';

let local: LocalChain;
beforeAll(async () => { local = await openLocalChain(); });
afterAll(() => local[Symbol.asyncDispose]());

async function denomsFile(...denoms: object[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'doubloon-denoms-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'denoms.json');
  await writeFile(file, JSON.stringify({ cluster: 'localnet', denoms: [{ name: 'sol', mint: null, decimals: 9, tokenProgram: null, issuer: 'nobody' }, ...denoms] }));
  return file;
}
const usdc = { name: 'usdc', mint: localUsdc, decimals: 6, tokenProgram, issuer: 'nobody' };

test('as a process it starts, says so, is ready, belongs to its chain, fails in no round, answers, and leaves on SIGTERM with 0', async () => {
  const home = await openHome(local, { LOG_LEVEL: 'info' });
  const service = startProcess(main, home.env);
  const clients = clientsOf(String((await service.logged('listening'))['url']), home);
  await service.logged('started');
  await expect.poll(() => service.probe('/readyz'), patient).toBe(200);
  expect((await home.database.pool.query('select genesis_hash from cluster')).rows).toEqual([{ genesis_hash: local.localnet.genesisHash }]);
  const { offerId } = await offered(clients);
  expect(await stateOf(clients, offerId)).toBe(OfferState.OFFERED);
  expect(JSON.stringify(service.lines)).not.toContain(home.tokens.web);
  expect(service.lines.filter(({ rounds }) => rounds !== undefined)).toEqual([]);
  service.kill('SIGTERM');
  await expect(service.ended).resolves.toBe(0);
});

describe('it refuses to start', () => {
  test('on another chain than its database belongs to', async () => {
    const home = await openHome(local, { LOG_LEVEL: 'info' });
    await home.database.pool.query("insert into cluster (genesis_hash, pinned_at) values ('5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d', now())");
    const service = startProcess(main, home.env);
    await expect(service.ended).resolves.toBe(1);
    expect(service.stderr()).toContain(`belongs to the chain with genesis hash 5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d, the node serves ${local.localnet.genesisHash}`);
  });

  test.each<[string, () => Promise<Record<string, string>>, object]>([
    ['with an operator that is not there', () => Promise.resolve({ TREASURY_OPERATOR: newSigner().address }), { code: 'CONFIG_INVALID' }],
    ['with a program that is none', () => Promise.resolve({ TREASURY_PROGRAM: newSigner().address }), { code: 'CONFIG_INVALID' }],
    ['with a mint of other decimals', async () => ({ DENOMS_FILE: await denomsFile({ ...usdc, decimals: 9 }) }), { code: 'CONFIG_INVALID', facts: { problems: ['the mint of usdc has 6 decimals, DENOMS_FILE says 9'] } }],
    ['with a mint that is not there', async () => ({ DENOMS_FILE: await denomsFile({ ...usdc, mint: newSigner().address }) }), { code: 'CONFIG_INVALID' }],
    ['with the denoms of another cluster', () => Promise.resolve({ TREASURY_CLUSTER: 'devnet' }), { code: 'CONFIG_INVALID' }],
    ['without a node', () => Promise.resolve({ SOLANA_RPC_URL: 'http://127.0.0.1:9' }), { code: 'CHAIN_UNAVAILABLE' }],
  ])('%s', async (_name, changes, failure) => {
    const home = await openHome(local, await changes());
    await expect(startTreasury(home)).rejects.toMatchObject(failure);
    // Its database belongs to no chain yet: the next start may name the right one.
    expect((await home.database.pool.query('select from cluster')).rowCount).toBe(0);
  });
});

test('a token that stands in the allowlist and on the chain starts, and can’t be offered as long as the program takes SOL only', async () => {
  const clients = await startTreasury(await openHome(local, { DENOMS_FILE: await denomsFile(usdc) }));
  await expect(clients.web.quote({ denom: 'usdc', text: '5' })).rejects.toMatchObject({ code: 'DENOM_UNKNOWN' });
});

// Last in its file: it moves the chain's clock.
test('a deposit that went back to its funder is seen, and leaves the totals', async () => {
  const home = await openHome(local);
  const clients = await startTreasury(home);
  const { offerId, issueId } = await offered(clients);
  const wallet = await local.wallet();
  const request = offerRequest();
  const { offerId: taken } = await offered(clients, request);
  const late = await local.wallet();
  const lateTransaction = await signedFor(clients, taken, late);
  await clients.app.withdrawOffer({ offerId: taken, reason: 'edited' });
  await local.chain.send(lateTransaction);
  await expect.poll(async () => (await clients.web.getOffer({ offerId: taken })).offer?.deposit?.address, patient).toBeTruthy();
  expect(await stateOf(clients, taken)).toBe(OfferState.WITHDRAWN);

  await clients.web.submitFunding({ offerId, transaction: await signedFor(clients, offerId, wallet) });
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
  await local.refundAfterDeadline((await clients.web.getOffer({ offerId })).offer?.deposit?.address ?? '', wallet);
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.REFUNDED);
  await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded', 'refunded']);
  const bounty = await clients.app.getBounty({ repositoryId, issueId });
  expect(bounty).toMatchObject({ totals: [{ funded: '0', offered: '0' }], offers: [{ deposit: { funder: wallet.address } }] });

  // The same wallet could fund it only at the same address, which would never count: an offer whose money went back stays over.
  await local.refundAfterDeadline((await clients.web.getOffer({ offerId: taken })).offer?.deposit?.address ?? '', late);
  const settled = async () => (await home.database.pool.query<{ state: string }>('select state from deposit where offer_id = $1', [taken])).rows[0]?.state;
  await expect.poll(settled, patient).toBe('refunded');
  expect(await clients.app.openOffer(request)).toMatchObject({ offer: { id: taken, state: OfferState.REFUNDED } });
  await expect(clients.web.buildFunding({ offerId: taken, wallet: late.address })).rejects.toMatchObject({ code: 'OFFER_NOT_OPEN', facts: { state: 'refunded' } });
});
