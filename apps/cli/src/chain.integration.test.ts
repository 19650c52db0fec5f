import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { randomBytes, randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { addressBytes, associatedTokenAddress, compileTransaction, createOperator, depositAddress, fundSol, fundToken, localProgram as program, operatorAddress, signerFromSeed, signTransaction, tokenProgram, type Address, type Instruction, type Signer } from '@doubloon/escrow';
import { openChain, type Chain } from '@doubloon/escrow/chain';
import { startLocalnet, type Localnet } from '@doubloon/localnet';
import { quote } from './quote.ts';
import { refund } from './refund.ts';
import { verifyProgram } from './verify-program.ts';

const patient = { timeout: 20_000, interval: 50 };
const day = 86_400;
let localnet: Localnet;
let chain: Chain;
let folder: string;

beforeAll(async () => {
  localnet = await startLocalnet();
  chain = openChain({ rpcUrl: localnet.rpcUrl });
  folder = await mkdtemp(join(tmpdir(), 'doubloon-cli-'));
});
afterAll(async () => {
  await chain[Symbol.asyncDispose]();
  await localnet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function run(command: typeof quote, ...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const code = await command([...args, '--rpc', localnet.rpcUrl], (line) => { lines.push(line); });
  return { code, lines };
}

async function rich(): Promise<{ signer: Signer; seed: Buffer }> {
  const seed = randomBytes(32);
  const signer = signerFromSeed(seed);
  await localnet.faucet.airdrop(signer.address, 2_000_000_000n);
  await vi.waitUntil(() => chain.account(signer.address, 'confirmed'), patient);
  return { signer, seed };
}

async function land(instruction: Instruction, signer: Signer): Promise<void> {
  const { blockhash } = await chain.latestBlockhash();
  const signature = await chain.send(signTransaction(compileTransaction({ payer: signer.address, blockhash, instructions: [instruction] }), [signer]));
  const status = await vi.waitUntil(async () => (await chain.signatureStatuses([signature]))[0], patient);
  expect(status).not.toHaveProperty('error');
}

/** What only a local chain does. */
async function setAccount(address: Address, state: { owner: string; lamports: number; data: string }): Promise<void> {
  const reply = await fetch(localnet.rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'surfnet_setAccount', params: [address, state] }) });
  expect(await reply.json()).not.toHaveProperty('error');
  await vi.waitUntil(() => chain.account(address, 'confirmed'), patient);
}

/** A token account that is not the canonical one. */
async function tokensOf(holder: Address, mint: Address, amount: bigint): Promise<Address> {
  const data = Buffer.alloc(165);
  data.set(addressBytes(mint), 0);
  data.set(addressBytes(holder), 32);
  data.writeBigUInt64LE(amount, 64);
  data[108] = 1;
  const { address } = signerFromSeed(randomBytes(32));
  await setAccount(address, { owner: tokenProgram, lamports: 2_100_000, data: data.toString('hex') });
  return address;
}

async function deposited(mint?: Address): Promise<{ address: Address; funder: Signer; seed: Buffer }> {
  const [{ signer: admin }, { signer: funder, seed }] = [await rich(), await rich()];
  await land(createOperator({ program, admin: admin.address, host: 'github.example', relayer: signerFromSeed(randomBytes(32)).address, attestor: signerFromSeed(randomBytes(32)).address }), admin);
  const operator = operatorAddress({ program, firstAdmin: admin.address }).address;
  const key = { program, operator, repositoryId: '11', issueId: '22', funder: funder.address, nonce: BigInt(randomInt(2 ** 40)) };
  const terms = { ...key, amount: 500_000_000n, deadline: (await chain.time()) + BigInt(2 * day), withRelayer: true };
  await land(mint === undefined ? fundSol(terms) : fundToken({ ...terms, mint, source: await tokensOf(funder.address, mint, terms.amount) }), funder);
  return { address: depositAddress(key).address, funder, seed };
}

test('a quote tells what a wallet needs, in one line of JSON', async () => {
  const { code, lines } = await run(quote, '--denom', 'sol', '--amount', '0.50');
  expect(code).toBe(0);
  expect(lines).toHaveLength(1);
  const told = JSON.parse(lines[0] ?? '') as Record<string, string>;
  expect(told).toMatchObject({ denom: 'sol', amount: '500000000', text: '0.5', networkFee: '5000' });
  expect(BigInt(told['totalLamports'] ?? 0)).toBe(500_000_000n + 5_000n + BigInt(told['rent'] ?? 0));
});

test.each([
  [['--denom', 'usdc', '--amount', '1'], { code: 'DENOM_UNKNOWN' }],
  [['--denom', 'sol', '--amount', '1,5'], { code: 'AMOUNT_INVALID', facts: { reason: 'separator' } }],
  [['--denom', 'sol', '--amount', '0.000000001'], { code: 'AMOUNT_TOO_SMALL' }],
  [['--denom', 'sol'], { name: 'UsageProblem' }],
])('no quote for %j', async (args, failure) => {
  await expect(run(quote, ...args)).rejects.toMatchObject(failure);
});

test('a node that is not there is CHAIN_UNAVAILABLE, and something that is no address a usage problem', async () => {
  await expect(quote(['--denom', 'sol', '--amount', '1', '--rpc', 'http://127.0.0.1:9'], () => undefined)).rejects.toMatchObject({ code: 'CHAIN_UNAVAILABLE' });
  await expect(quote(['--denom', 'sol', '--amount', '1', '--rpc', 'file:///etc/passwd'], () => undefined)).rejects.toMatchObject({ name: 'UsageProblem' });
});

test('a refund by the chain alone: too early, then what it would do, then done by a stranger, then nothing to do', async () => {
  const { address, funder } = await deposited();
  const { signer: stranger, seed } = await rich();
  const file = join(folder, 'stranger.json');
  await writeFile(file, JSON.stringify([...seed, ...addressBytes(stranger.address)]));

  const early = await run(refund, '--deposit', address, '--keypair', file);
  expect(early.code).toBe(1);
  expect(early.lines.at(-1)).toMatch(/^It is too early: .* from 20\d\d-/);

  await localnet.timeTravel(5 * day + 60);
  const before = (await chain.account(funder.address, 'confirmed'))?.lamports ?? 0n;
  const dry = await run(refund, '--deposit', address);
  expect(dry).toMatchObject({ code: 0 });
  expect(dry.lines.at(-1)).toBe(`It would send 0.5 SOL to ${funder.address}. Give --keypair FILE to pay the network fee and send it.`);
  expect((await chain.account(funder.address, 'confirmed'))?.lamports).toBe(before);

  const done = await run(refund, '--deposit', address, '--keypair', file);
  expect(done.lines.at(-1)).toMatch(new RegExp(`^0\\.5 SOL went back to ${funder.address}, final in slot \\d+\\.$`));
  expect(done.code).toBe(0);
  expect(((await chain.account(funder.address, 'confirmed'))?.lamports ?? 0n) - before).toBe(500_000_000n);

  const again = await run(refund, '--deposit', address, '--keypair', file);
  expect(again).toMatchObject({ code: 0 });
  expect(again.lines.at(-1)).toBe('The money went back to its funder already. Nothing to do.');
});

test('a funder gets their own deposit back, and signs nothing for a program that only looks like ours', async () => {
  const { address, funder, seed } = await deposited();
  const file = join(folder, 'funder.json');
  await writeFile(file, JSON.stringify([...seed, ...addressBytes(funder.address)]));
  const real = await chain.account(address, 'confirmed');
  const forged = signerFromSeed(randomBytes(32)).address;
  const owner = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
  await setAccount(forged, { owner, lamports: 1_000_000_000, data: Buffer.from(real?.data ?? []).toString('hex') });
  await localnet.timeTravel(5 * day + 60);

  await expect(run(refund, '--deposit', forged, '--keypair', file)).rejects.toMatchObject({ code: 'PROGRAM_REFUSED', facts: { program: owner } });
  expect((await run(refund, '--deposit', address, '--keypair', file)).lines.at(-1)).toMatch(/^0\.5 SOL went back to /);
});

test('no refund for what is not there, what is no deposit, and key files that are none', async () => {
  const { signer } = await rich();
  expect((await run(refund, '--deposit', signerFromSeed(randomBytes(32)).address)).lines.at(-1)).toMatch(/^There is no account at /);
  await expect(run(refund, '--deposit', signer.address)).rejects.toMatchObject({ code: 'ACCOUNT_MALFORMED' });
  await expect(run(refund, '--deposit', 'nonsense')).rejects.toMatchObject({ code: 'ADDRESS_INVALID' });
  await expect(run(refund, '--deposit', signer.address, '--keypair', '/dev/null')).rejects.toMatchObject({ name: 'UsageProblem' });
});

test('the program of the local chain is a published build, other bytes are not, and where there is none there is none', async () => {
  const found = await run(verifyProgram);
  expect(found.code).toBe(0);
  expect(found.lines).toContain('It is a published build of this version.');
  const bytes = await readFile(new URL('../../../packages/escrow/doubloon_escrow.so', import.meta.url));
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  const other = signerFromSeed(randomBytes(32)).address;
  await setAccount(other, { owner: 'BPFLoader2111111111111111111111111111111111', lamports: 1_000_000_000, data: bytes.toString('hex') });
  // Read at finalized.
  const refused = await vi.waitFor(() => run(verifyProgram, '--program', other), patient);
  expect(refused.code).toBe(1);
  expect(refused.lines).toContain('authority  none: it is final');
  expect(refused.lines.at(-1)).toMatch(/^It is none of the published builds, which are [0-9a-f]{64} and [0-9a-f]{64}\.$/);
  await expect(run(verifyProgram, '--program', signerFromSeed(randomBytes(32)).address)).rejects.toMatchObject({ code: 'PROGRAM_REFUSED' });
  await expect(run(verifyProgram, '--program', 'nonsense')).rejects.toMatchObject({ code: 'ADDRESS_INVALID' });
});

test('a token goes back too, into an account of the funder that the command makes where there is none', async () => {
  const mint = localnet.mints.usdc;
  const { address, funder } = await deposited(mint);
  const { signer: stranger, seed } = await rich();
  const file = join(folder, 'token-stranger.json');
  await writeFile(file, JSON.stringify([...seed, ...addressBytes(stranger.address)]));
  const canonical = associatedTokenAddress({ wallet: funder.address, mint }).address;
  expect(await chain.account(canonical, 'confirmed')).toBeUndefined();

  await localnet.timeTravel(5 * day + 60);
  expect((await run(refund, '--deposit', address)).lines.at(-1)).toBe(`It would send 500000000 base units of ${mint} to ${funder.address}. Give --keypair FILE to pay the network fee and send it.`);
  const done = await run(refund, '--deposit', address, '--keypair', file);
  expect(done.lines.at(-1)).toMatch(new RegExp(`^500000000 base units of ${mint} went back to ${funder.address}, final in slot \\d+\\.$`));
  const held = await chain.account(canonical, 'confirmed');
  expect(Buffer.from(held?.data ?? []).readBigUInt64LE(64)).toBe(500_000_000n);
});
