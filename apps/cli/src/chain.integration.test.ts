import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { associatedTokenAddress, depositLayout, rentReserve, signerFromSeed } from '@doubloon/escrow';
import { day, openLocalChain, patient, tokensOf, type LocalChain } from '../testing/local-chain.ts';
import { quote } from './quote.ts';
import { refund } from './refund.ts';
import { verifyProgram } from './verify-program.ts';

let local: LocalChain;
beforeAll(async () => { local = await openLocalChain(); });
afterAll(() => local[Symbol.asyncDispose]());
const run: LocalChain['run'] = (...args) => local.run(...args);

test('a quote tells what a wallet needs, in one line of JSON', async () => {
  const { code, lines } = await run(quote, '--denom', 'sol', '--amount', '0.50');
  expect(code).toBe(0);
  expect(lines).toHaveLength(1);
  const told = JSON.parse(lines[0] ?? '') as Record<string, string>;
  expect(told).toMatchObject({ denom: 'sol', amount: '500000000', text: '0.5', networkFee: '5000' });
  expect(BigInt(told['totalLamports'] ?? 0)).toBe(500_000_000n + 5_000n + BigInt(told['rent'] ?? 0));
});

test('a quote for a token counts the rent of its vault too, and no amount among the lamports', async () => {
  const file = new URL('../../../packages/domain/denoms/localnet.json', import.meta.url).pathname;
  const tokens = JSON.parse((await run(quote, '--denom', 'usdc', '--amount', '0.000001', '--denoms', file)).lines[0] ?? '') as Record<string, string>;
  expect(tokens).toMatchObject({ denom: 'usdc', amount: '1', rent: String(rentReserve(depositLayout.size, 0n) + rentReserve(165, 0n)) });
  expect(BigInt(tokens['totalLamports'] ?? 0)).toBe(5_000n + BigInt(tokens['rent'] ?? 0));
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
  const { address, funder } = await local.deposited();
  const file = await local.keyFile('stranger', await local.rich());

  const early = await run(refund, '--deposit', address, '--keypair', file);
  expect(early.code).toBe(1);
  expect(early.lines.at(-1)).toMatch(/^It is too early: .* from 20\d\d-/);

  await local.localnet.timeTravel(5 * day + 60);
  const before = (await local.chain.account(funder.address, 'confirmed'))?.lamports ?? 0n;
  const dry = await run(refund, '--deposit', address);
  expect(dry).toMatchObject({ code: 0 });
  expect(dry.lines.at(-1)).toBe(`It would send 0.5 SOL to ${funder.address}. Give --keypair FILE to pay the network fee and send it.`);
  expect((await local.chain.account(funder.address, 'confirmed'))?.lamports).toBe(before);

  const done = await run(refund, '--deposit', address, '--keypair', file);
  expect(done.lines.at(-1)).toMatch(new RegExp(`^0\\.5 SOL went back to ${funder.address}, and that is final\\.$`));
  expect(done.code).toBe(0);
  expect(((await local.chain.account(funder.address, 'confirmed'))?.lamports ?? 0n) - before).toBe(500_000_000n);

  const again = await run(refund, '--deposit', address, '--keypair', file);
  expect(again).toMatchObject({ code: 0 });
  expect(again.lines.at(-1)).toBe('The money went back to its funder already. Nothing to do.');
});

test('a funder gets their own deposit back, and signs nothing for a program that only looks like ours', async () => {
  const { address, funder, seed } = await local.deposited();
  const file = await local.keyFile('funder', { signer: funder, seed });
  const real = await local.chain.account(address, 'confirmed');
  const forged = signerFromSeed(randomBytes(32)).address;
  const owner = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
  await local.setAccount(forged, { owner, lamports: 1_000_000_000, data: Buffer.from(real?.data ?? []).toString('hex') });
  await local.localnet.timeTravel(5 * day + 60);

  await expect(run(refund, '--deposit', forged, '--keypair', file)).rejects.toMatchObject({ code: 'PROGRAM_REFUSED', facts: { program: owner } });
  expect((await run(refund, '--deposit', address, '--keypair', file)).lines.at(-1)).toMatch(/^0\.5 SOL went back to /);
});

test('no refund for what is not there, what is no deposit, and key files that are none', async () => {
  const { signer } = await local.rich();
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
  await local.setAccount(other, { owner: 'BPFLoader2111111111111111111111111111111111', lamports: 1_000_000_000, data: bytes.toString('hex') });
  // Read at finalized.
  const refused = await vi.waitFor(() => run(verifyProgram, '--program', other), patient);
  expect(refused.code).toBe(1);
  expect(refused.lines).toContain('authority  none: it is final');
  expect(refused.lines.at(-1)).toMatch(/^It is none of the published builds, which are [0-9a-f]{64} and [0-9a-f]{64}\.$/);
  await expect(run(verifyProgram, '--program', signerFromSeed(randomBytes(32)).address)).rejects.toMatchObject({ code: 'PROGRAM_REFUSED' });
  await expect(run(verifyProgram, '--program', 'nonsense')).rejects.toMatchObject({ code: 'ADDRESS_INVALID' });
});

test('a token goes back too, into an account of the funder that the command makes where there is none', async () => {
  const mint = local.localnet.mints.usdc;
  const { address, funder } = await local.deposited(mint);
  const file = await local.keyFile('token-stranger', await local.rich());
  const canonical = associatedTokenAddress({ wallet: funder.address, mint }).address;
  expect(await local.chain.account(canonical, 'confirmed')).toBeUndefined();

  await local.localnet.timeTravel(5 * day + 60);
  expect((await run(refund, '--deposit', address)).lines.at(-1)).toBe(`It would send 500 of the token ${mint} to ${funder.address}. Give --keypair FILE to pay the network fee and send it.`);
  const done = await run(refund, '--deposit', address, '--keypair', file);
  expect(done.lines.at(-1)).toMatch(new RegExp(`^500 of the token ${mint} went back to ${funder.address}, and that is final\\.$`));
  expect(await tokensOf(local, funder.address, mint)).toBe(500_000_000n);
});
