import { randomInt } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { seeded } from '@doubloon/dev/histories/seeded.ts';
import { decimalsOf, formatAmount, parseCommands, parseDenoms } from '@doubloon/domain';
import {
  addressBytes, associatedTokenAddress, compileTransaction, decodeDeposit, depositLayout, depositNonce, fundToken, localProgram, parseAddress, parseTransaction, refund, rentReserve, signTransaction, tokenProgram, vaultAddress,
  type Address, type FundTokenTerms, type Instruction, type ParsedInstruction, type Signer,
} from '@doubloon/escrow';
import { localUsdc } from '@doubloon/localnet';
import { treasury } from '@doubloon/rpc';
import { newSigner, offered, offerRequest, openHome, openLocalChain, patient, repositoryId, signedFor, startTreasury, stateOf, typesOf, type Clients, type Home, type LocalChain, type RunningTreasury } from '../../testing/instance.ts';
import { depositsOf } from '../deposits/scan-deposits.ts';
import { tokenAccountBytes, tokenAccountIn } from './token-account.ts';

const { OfferState } = treasury;
const amount = 50_000_000n;
const rent = rentReserve(depositLayout.size, 0n) + rentReserve(tokenAccountBytes, 0n);
const token2022 = parseAddress('TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb');
const tokenRequest = (change: object = {}) => offerRequest({ denom: 'usdc', amount: String(amount), ...change });

let local: LocalChain;
beforeAll(async () => { local = await openLocalChain(); });
afterAll(() => local[Symbol.asyncDispose]());

const canonical = (wallet: Signer, mint: Address = localUsdc) => associatedTokenAddress({ wallet: wallet.address, mint }).address;
const vaultOf = (deposit: string) => vaultAddress({ program: localProgram, deposit: parseAddress(deposit) }).address;
async function tokensIn(address: Address): Promise<bigint> {
  const account = await local.chain.account(address, 'confirmed');
  return (account && tokenAccountIn(account))?.amount ?? 0n;
}

/** A token account as no instruction of the token program would leave it there. */
async function putTokens(address: Address, { mint = localUsdc, holder, held, frozen = false }: { mint?: Address; holder: Address; held: bigint; frozen?: boolean }): Promise<void> {
  const data = new Uint8Array(tokenAccountBytes);
  data.set(addressBytes(mint), 0);
  data.set(addressBytes(holder), 32);
  new DataView(data.buffer).setBigUint64(64, held, true);
  data[108] = frozen ? 2 : 1;
  await local.setAccount(address, { owner: tokenProgram, lamports: 2_100_000n, data });
}

/** Another mint of the token program, with what the wallet holds of it. */
async function anotherMint(wallet: Signer): Promise<Address> {
  const mint = newSigner().address;
  const model = await local.chain.account(localUsdc, 'confirmed');
  await local.setAccount(mint, { owner: tokenProgram, lamports: 2_000_000n, data: model?.data ?? new Uint8Array() });
  await putTokens(canonical(wallet, mint), { mint, holder: wallet.address, held: 10n * amount });
  return mint;
}

const recorded = async ({ database }: Home) => (await database.pool.query('select from submission')).rowCount;
/** Resolves when a scan has looked at all there is on the chain, which has deposits of other tests too, and counts no more than `counted`. */
async function countsOnly(counted: number, { metrics }: RunningTreasury): Promise<void> {
  const there = (await local.chain.programAccounts(localProgram, depositsOf(local.operator), 'finalized')).length;
  await expect.poll(async () => Number((await metrics.getSingleMetricAsString('doubloon_deposits_unverified')).split(' ').at(-1)), patient).toBe(there - counted);
}
const totalsOf = async ({ app }: Clients, issueId: string) => (await app.getBounty({ repositoryId, issueId })).totals.map(({ denom, fundedText, offeredText }) => `${denom} ${fundedText} ${offeredText}`);

test('from an offer of tokens to tokens in a vault of their own, to the event that tells of it', async () => {
  const home = await openHome(local);
  const clients = await startTreasury(home);
  const wallet = await local.walletWithUsdc(amount + 1n);
  const { offerId, issueId } = await offered(clients, tokenRequest());
  const built = await clients.web.buildFunding({ offerId, wallet: wallet.address });
  expect(built.terms).toMatchObject({ mint: localUsdc, denomName: 'usdc', rent: String(rent) });
  expect(BigInt(built.totalLamports)).toBe(rent + BigInt(built.terms?.networkFee ?? 0));
  const before = (await local.chain.account(wallet.address, 'confirmed'))?.lamports ?? 0n;

  await clients.web.submitFunding({ offerId, transaction: signTransaction(built.transaction, [wallet]) });
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
  await expect.poll(() => typesOf(home, issueId), patient).toEqual(['offered', 'submitted', 'funded']);
  expect((await home.events(issueId))[2]).toMatchObject({ data: { denom: 'usdc', amount: String(amount), deposit: built.deposit, funder: wallet.address } });
  expect(await totalsOf(clients, issueId)).toEqual(['usdc 50 0']);

  expect(await tokensIn(vaultOf(built.deposit))).toBe(amount);
  expect(await tokensIn(canonical(wallet))).toBe(1n);
  const after = (await local.chain.account(wallet.address, 'confirmed'))?.lamports ?? 0n;
  expect(before - after).toBe(BigInt(built.totalLamports));
});

test('two denoms on one issue are two totals', async () => {
  const clients = await startTreasury(await openHome(local));
  const wallet = await local.walletWithUsdc(amount);
  const first = await offered(clients, tokenRequest());
  await offered(clients, offerRequest({ issueId: first.issueId }));
  expect(await totalsOf(clients, first.issueId)).toEqual(['usdc 0 50', 'sol 0 0.5']);
  await clients.web.submitFunding({ offerId: first.offerId, transaction: await signedFor(clients, first.offerId, wallet) });
  await expect.poll(() => totalsOf(clients, first.issueId), patient).toEqual(['usdc 50 0', 'sol 0 0.5']);
});

const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));

test(`whatever amount a comment says, in either denom, is what leaves the wallet and stands on the chain, to the unit (SEED=${String(seed)})`, async () => {
  const clients = await startTreasury(await openHome(local));
  const denoms = parseDenoms(JSON.parse(await readFile(join(import.meta.dirname, '../../../../packages/domain/denoms/localnet.json'), 'utf8')));
  const random = seeded(seed);
  const whole = (below: number) => Math.floor(random() * below);
  const some = (decimals: number) => `${String(whole(3))}.${String(1 + whole(10 ** decimals - 1)).padStart(decimals, '0')}`;
  const texts = ['$sol:0.00089088$', '$usdc:0.000001$', '$usdc:1000000.000001$', ...Array.from({ length: 3 }, () => [`$sol:${some(9).replace(/^0\.00/, '0.01')}$`, `$usdc:${some(6)}$`]).flat()];
  const wallet = await local.wallet(100_000_000_000n);
  await local.localnet.faucet.giveUsdc(wallet.address, 2_000_000_000_000n);
  let tokens = await tokensIn(canonical(wallet));
  for (const text of texts) {
    const [found] = parseCommands(`I would love this: ${text}.`, decimalsOf(denoms));
    if (found?.kind !== 'offer') throw new Error(`${text} is no offer`);
    const { offerId } = await offered(clients, offerRequest({ denom: found.denom, amount: found.amount }));
    const built = await clients.web.buildFunding({ offerId, wallet: wallet.address });
    await local.chain.send(signTransaction(built.transaction, [wallet]));
    const account = await vi.waitUntil(() => local.chain.account(parseAddress(built.deposit), 'confirmed'), patient);
    const deposit = decodeDeposit(account.data);
    const isToken = found.denom === 'usdc';
    const left = await tokensIn(canonical(wallet));
    expect([text, deposit.amount, deposit.mint, tokens - left, isToken ? await tokensIn(vaultOf(built.deposit)) : account.lamports - rentReserve(depositLayout.size, 0n)])
      .toEqual([text, BigInt(found.amount), isToken ? localUsdc : undefined, isToken ? BigInt(found.amount) : 0n, BigInt(found.amount)]);
    expect(formatAmount(deposit.amount, isToken ? 6 : 9)).toBe(found.text);
    tokens = left;
  }
});

describe('refused before anything is signed', () => {
  test('what is missing is told in tokens and in lamports apart, and what was said to be missing is enough', async () => {
    const clients = await startTreasury(await openHome(local));
    const { offerId } = await offered(clients, tokenRequest());
    const wallet = await local.wallet(1_000_000n);
    const lacking = async () => {
      const failure = await clients.web.buildFunding({ offerId, wallet: wallet.address }).catch((error: unknown) => error);
      return failure as { code: string; facts: { lacking: { denom: string; balance: string | null; needed: string; missing: string }[] } };
    };
    const both = await lacking();
    expect(both).toMatchObject({ code: 'BALANCE_TOO_SMALL', facts: { lacking: [
      { denom: 'usdc', decimals: 6, balance: null, needed: '50000000', missing: '50000000', account: canonical(wallet) },
      { denom: 'sol', decimals: 9, balance: '1000000' },
    ] } });
    await local.localnet.faucet.airdrop(wallet.address, BigInt(both.facts.lacking[1]?.missing ?? 0));
    await local.localnet.faucet.giveUsdc(wallet.address, amount - 1n);
    await expect.poll(async () => (await lacking()).facts.lacking, patient).toEqual([{ denom: 'usdc', decimals: 6, balance: '49999999', needed: '50000000', missing: '1', account: canonical(wallet) }]);
    await local.localnet.faucet.giveUsdc(wallet.address, 1n);
    await expect.poll(() => clients.web.buildFunding({ offerId, wallet: wallet.address }).then(() => true, () => false), patient).toBe(true);
  });

  test('a token account that its wallet handed over to somebody else, one that is frozen, and one of Token-2022', async () => {
    const clients = await startTreasury(await openHome(local));
    const { offerId } = await offered(clients, tokenRequest());
    const build = async (wallet: Signer) => clients.web.buildFunding({ offerId, wallet: wallet.address });
    const [robbed, frozen, foreign] = await Promise.all([local.wallet(), local.wallet(), local.wallet()]);
    await putTokens(canonical(robbed), { holder: newSigner().address, held: amount });
    await expect(build(robbed)).rejects.toMatchObject({ code: 'WALLET_INVALID', facts: { problem: expect.stringContaining('not its own any more') as unknown } });
    await putTokens(canonical(frozen), { holder: frozen.address, held: amount, frozen: true });
    await expect(build(frozen)).rejects.toMatchObject({ code: 'WALLET_INVALID', facts: { problem: expect.stringContaining('was frozen by the issuer') as unknown } });
    await local.setAccount(canonical(foreign), { owner: token2022, lamports: 2_100_000n, data: new Uint8Array(tokenAccountBytes) });
    await expect(build(foreign)).rejects.toMatchObject({ code: 'WALLET_INVALID' });
  });

  test('an offer whose denom the operator has taken out of the list since', async () => {
    const home = await openHome(local);
    const before = await startTreasury(home);
    const { offerId } = await offered(before, tokenRequest());
    await before.stop();
    const folder = await mkdtemp(join(tmpdir(), 'doubloon-denoms-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'denoms.json'), JSON.stringify({ cluster: 'localnet', denoms: [{ name: 'sol', mint: null, decimals: 9, tokenProgram: null, issuer: 'nobody' }] }));
    const clients = await startTreasury({ ...home, env: { ...home.env, DENOMS_FILE: join(folder, 'denoms.json') } });
    const wallet = await local.walletWithUsdc(amount);
    await expect(clients.web.buildFunding({ offerId, wallet: wallet.address })).rejects.toMatchObject({ code: 'DENOM_UNKNOWN', facts: { denom: 'usdc' } });
    expect((await clients.web.getOffer({ offerId })).terms?.mint).toBe(localUsdc);
  });
});

describe('signed bytes that differ from what was handed out are refused, with nothing recorded', () => {
  type Change = (instruction: Instruction) => Promise<Instruction> | Instruction;
  const at = (index: number, address: () => Promise<Address> | Address): Change => async (instruction) => {
    const changed = await address();
    return { ...instruction, accounts: instruction.accounts.map((account, place) => (place === index ? { ...account, address: changed } : account)) };
  };
  const byte = (place: number, by: number): Change => (instruction) => ({ ...instruction, data: instruction.data.with(place, ((instruction.data[place] ?? 0) + by) & 255) });
  const toInstruction = ({ program, accounts, data }: ParsedInstruction): Instruction => ({ program, data, accounts: accounts.map(({ address, signer, writable }) => ({ address: address ?? program, signer, writable })) });

  test.each<[string, Change]>([
    ['another mint', at(6, () => newSigner().address)],
    ['the vault of somebody else', at(5, () => newSigner().address)],
    ['tokens of another account', at(4, () => newSigner().address)],
    ['another token program', at(7, () => token2022)],
    ['another operator', at(2, () => newSigner().address)],
    ['one base unit more', byte(27, 1)],
    ['one base unit less', byte(27, -1)],
    ['another bump of the vault', byte(75, -1)],
    ['an approver', byte(50, 1)],
    ['a byte behind its end', (instruction) => ({ ...instruction, data: Uint8Array.of(...instruction.data, 0) })],
    ['SOL instead of tokens', (instruction) => ({ ...instruction, accounts: instruction.accounts.slice(0, 4), data: instruction.data.slice(0, 75).with(0, 10) })],
  ])('%s', async (_what, change) => {
    const home = await openHome(local);
    const clients = await startTreasury(home);
    const wallet = await local.walletWithUsdc(10n * amount);
    const { offerId } = await offered(clients, tokenRequest());
    const built = await clients.web.buildFunding({ offerId, wallet: wallet.address });
    const { payer, blockhash, instructions } = parseTransaction(built.transaction);
    expect(new DataView(instructions[2]?.data.slice(27, 35).buffer ?? new ArrayBuffer(8)).getBigUint64(0, true)).toBe(amount);
    const changed = await Promise.all(instructions.map(toInstruction).map((one) => (one.program === localProgram ? change(one) : one)));
    const transaction = signTransaction(compileTransaction({ payer, blockhash, instructions: changed }), [wallet]);
    await expect(clients.web.submitFunding({ offerId, transaction })).rejects.toMatchObject({ code: 'TRANSACTION_REFUSED', facts: { reason: 'terms-changed' } });
    expect(await recorded(home)).toBe(0);
    expect(await stateOf(clients, offerId)).toBe(OfferState.OFFERED);
  });

  test('an account that was frozen between building and signing: the person hears it, and nothing is lost', async () => {
    const home = await openHome(local);
    const clients = await startTreasury(home);
    const wallet = await local.walletWithUsdc(amount);
    const { offerId } = await offered(clients, tokenRequest());
    const transaction = await signedFor(clients, offerId, wallet);
    await putTokens(canonical(wallet), { holder: wallet.address, held: amount, frozen: true });
    await expect(clients.web.submitFunding({ offerId, transaction })).rejects.toMatchObject({ code: 'TRANSACTION_REFUSED', facts: { reason: 'would-fail', problem: expect.stringContaining('frozen') as unknown } });
    expect(await recorded(home)).toBe(0);
    await putTokens(canonical(wallet), { holder: wallet.address, held: amount });
    await clients.web.submitFunding({ offerId, transaction: await signedFor(clients, offerId, wallet) });
    await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
  });
});

describe('deposits that wallets make by themselves', () => {
  const day = 86_400n;
  async function termsFor(offerId: string, issueId: string, wallet: Signer): Promise<FundTokenTerms> {
    return { program: localProgram, operator: local.operator, repositoryId, issueId, funder: wallet.address, nonce: depositNonce(offerId), amount, deadline: (await local.chain.time()) + 90n * day, withRelayer: true, mint: localUsdc };
  }

  test('count when all is as the offer says, and never in another mint or with another amount', async () => {
    const home = await openHome(local);
    const clients = await startTreasury(home);
    const { offerId, issueId } = await offered(clients, tokenRequest());
    const [first, second, third] = await Promise.all([local.walletWithUsdc(amount), local.walletWithUsdc(amount), local.walletWithUsdc(amount)]);
    const mint = await anotherMint(first);
    await local.send([fundToken({ ...(await termsFor(offerId, issueId, first)), mint })], [first]);
    await local.send([fundToken({ ...(await termsFor(offerId, issueId, second)), amount: amount - 1n })], [second]);
    await countsOnly(0, clients);
    expect(await totalsOf(clients, issueId)).toEqual(['usdc 0 50']);
    await local.send([fundToken(await termsFor(offerId, issueId, third))], [third]);
    await expect.poll(() => totalsOf(clients, issueId), patient).toEqual(['usdc 50 0']);
    await countsOnly(1, clients);
    expect((await clients.web.getOffer({ offerId })).offer?.deposit?.funder).toBe(third.address);
  });

  test('do not count while the vault holds less than they say, tokens of another mint, or tokens of somebody else', async () => {
    const home = await openHome(local);
    const wallet = await local.walletWithUsdc(amount);
    const before = await startTreasury(home);
    const { offerId, issueId } = await offered(before, tokenRequest());
    const { deposit } = await before.web.buildFunding({ offerId, wallet: wallet.address });
    await before.stop();
    await local.send([fundToken(await termsFor(offerId, issueId, wallet))], [wallet]);
    const vault = vaultOf(deposit);
    for (const wrong of [{ holder: vault, held: amount - 1n }, { holder: vault, held: amount, mint: await anotherMint(wallet) }, { holder: wallet.address, held: amount }]) {
      await putTokens(vault, wrong);
      const clients = await startTreasury(home);
      await countsOnly(0, clients);
      expect(await totalsOf(clients, issueId)).toEqual(['usdc 0 50']);
      await clients.stop();
    }
    await putTokens(vault, { holder: vault, held: amount });
    const clients = await startTreasury(home);
    await expect.poll(() => totalsOf(clients, issueId), patient).toEqual(['usdc 50 0']);
  });
});

// Last in its file: it moves the chain's clock.
test('tokens that went back to their funder are seen, and leave the totals', async () => {
  const home = await openHome(local);
  const clients = await startTreasury(home);
  const wallet = await local.walletWithUsdc(amount);
  const { offerId, issueId } = await offered(clients, tokenRequest());
  await clients.web.submitFunding({ offerId, transaction: await signedFor(clients, offerId, wallet) });
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.FUNDED);
  const deposit = parseAddress((await clients.web.getOffer({ offerId })).offer?.deposit?.address ?? '');
  await local.localnet.timeTravel(94 * 86_400);
  const stranger = await local.wallet();
  await local.send([refund({ program: localProgram, deposit, funder: wallet.address, mint: localUsdc })], [stranger]);
  expect(await tokensIn(canonical(wallet))).toBe(amount);
  await expect.poll(() => stateOf(clients, offerId), patient).toBe(OfferState.REFUNDED);
  expect(await totalsOf(clients, issueId)).toEqual(['usdc 0 0']);
});
