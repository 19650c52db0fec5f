import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { addressBytes, parseAddress, rentReserve, tokenProgram, wrappedSol, type Address } from '@doubloon/escrow';
import { localUsdc } from '@doubloon/localnet';
import { treasury } from '@doubloon/rpc';
import { startProcess } from '@doubloon/service/testing';
import { clientsOf, newSigner, offered, offerRequest, openHome, openLocalChain, patient, repositoryId, signedFor, startTreasury, stateOf, typesOf, type LocalChain } from '../testing/instance.ts';
import { tokenAccountBytes } from './funding/token-account.ts';

const { OfferState } = treasury;
const main = join(import.meta.dirname, 'main.ts');
const token2022 = parseAddress('TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb');

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
/** A mint like that of `usdc`, of the token program that the escrow program does not take. */
async function mint2022(): Promise<{ mint: string; tokenProgram: string }> {
  const mint = newSigner().address;
  const model = await local.chain.account(localUsdc, 'confirmed');
  await local.setAccount(mint, { owner: token2022, lamports: 2_000_000n, data: model?.data ?? new Uint8Array() });
  await vi.waitUntil(() => local.chain.account(mint, 'finalized'), patient);
  return { mint, tokenProgram: token2022 };
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
    ['with a mint of Token-2022', async () => ({ DENOMS_FILE: await denomsFile({ ...usdc, ...(await mint2022()) }) }), { code: 'CONFIG_INVALID', facts: { problems: [expect.stringContaining('only mints of the classic one')] } }],
    ['with a mint that is of another program than the list says', async () => ({ DENOMS_FILE: await denomsFile({ ...usdc, mint: (await mint2022()).mint }) }), { code: 'CONFIG_INVALID', facts: { problems: [expect.stringContaining('is no mint of the token program')] } }],
    ['with wrapped SOL as a token', async () => ({ DENOMS_FILE: await denomsFile({ ...usdc, name: 'wsol', mint: wrappedSol, decimals: 9 }) }), { code: 'CONFIG_INVALID', facts: { problems: [expect.stringContaining('wsol is wrapped SOL')] } }],
    ['with the denoms of another cluster', () => Promise.resolve({ TREASURY_CLUSTER: 'devnet' }), { code: 'CONFIG_INVALID' }],
    ['without a node', () => Promise.resolve({ SOLANA_RPC_URL: 'http://127.0.0.1:9' }), { code: 'CHAIN_UNAVAILABLE' }],
  ])('%s', async (_name, changes, failure) => {
    const home = await openHome(local, await changes());
    await expect(startTreasury(home)).rejects.toMatchObject(failure);
    // Its database belongs to no chain yet: the next start may name the right one.
    expect((await home.database.pool.query('select from cluster')).rowCount).toBe(0);
  });
});

/** The local program and our operator account once more, at another address where `authority` can replace the bytes, told as on devnet. */
async function replaceable(authority: Address): Promise<Record<string, string>> {
  const [program, programData, operator] = [newSigner().address, newSigner().address, newSigner().address];
  const upgradeable = parseAddress('BPFLoaderUpgradeab1e11111111111111111111111');
  const bytes = await readFile(new URL('../../../packages/escrow/doubloon_escrow.so', import.meta.url));
  const lamports = 5_000_000_000n;
  // States 2 and 3 of the upgradeable loader: a program, which names the account of its bytes, and that with a slot and its authority.
  await local.setAccount(programData, { owner: upgradeable, lamports, data: Buffer.concat([Buffer.from([3, 0, 0, 0]), Buffer.alloc(8), Buffer.from([1]), addressBytes(authority), bytes]) });
  await local.setAccount(program, { owner: upgradeable, lamports, data: Buffer.concat([Buffer.from([2, 0, 0, 0]), addressBytes(programData)]) });
  const model = await local.chain.account(local.operator, 'confirmed');
  await local.setAccount(operator, { owner: program, lamports, data: model?.data ?? new Uint8Array() });
  await vi.waitUntil(() => local.chain.account(operator, 'finalized'), patient);
  const denoms = await denomsFile();
  await writeFile(denoms, (await readFile(denoms, 'utf8')).replace('localnet', 'devnet'));
  return { TREASURY_CLUSTER: 'devnet', TREASURY_PROGRAM: program, TREASURY_OPERATOR: operator, DENOMS_FILE: denoms };
}

test('on a public cluster it starts with a program that can be replaced only when it was told by whom', async () => {
  const authority = newSigner().address;
  const changes = await replaceable(authority);
  for (const told of [{}, { TREASURY_UPGRADE_AUTHORITY: newSigner().address }]) {
    await expect(startTreasury(await openHome(local, { ...changes, ...told }))).rejects.toMatchObject({ code: 'PROGRAM_REFUSED', message: expect.stringContaining(`${authority} can replace it`) as string });
  }
  const clients = await startTreasury(await openHome(local, { ...changes, TREASURY_UPGRADE_AUTHORITY: authority }));
  await expect(clients.web.getOffer({ offerId: '0'.repeat(32) })).rejects.toMatchObject({ code: 'OFFER_ABSENT' });
});

test('a token that stands in the allowlist and on the chain costs lamports beside its amount, and what is not in the list is no denom', async () => {
  const clients = await startTreasury(await openHome(local, { DENOMS_FILE: await denomsFile(usdc) }));
  const quoted = await clients.web.quote({ denom: 'usdc', text: '5' });
  expect(quoted).toMatchObject({ money: { denom: 'usdc', amount: '5000000' }, decimals: 6, totalLamports: String(BigInt(quoted.rent) + BigInt(quoted.networkFee)) });
  const inSol = await clients.web.quote({ denom: 'sol', text: '5' });
  expect(BigInt(quoted.rent) - BigInt(inSol.rent)).toBe(rentReserve(tokenAccountBytes, 0n));
  await expect(clients.web.quote({ denom: 'eurc', text: '5' })).rejects.toMatchObject({ code: 'DENOM_UNKNOWN' });
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
