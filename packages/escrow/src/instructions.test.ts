import { PublicKey } from '@solana/web3.js';
import { expect, test } from 'vitest';
import { addressOf, systemProgram, zeroAddress } from './address.ts';
import { associatedTokenAddress, depositAddress, identityAddress, operatorAddress, vaultAddress } from './addresses.ts';
import { associatedTokenProgram, tokenProgram } from './companions.ts';
import { readEvents } from './events.ts';
import { award, close, createOperator, disableKeys, fundSol, fundToken, payout, refund, refundShare, scheduleKeys, veto } from './index.ts';
import { instructionNumbers } from './layout.ts';
import { localProgram as program } from './program.ts';
import { customErrorOf, programErrorOf, programErrors } from './program-errors.ts';
import { minimumAmount, rentReserve } from './terms.ts';

const address = (byte: number) => addressOf(new Uint8Array(32).fill(byte));
const key = { program, operator: address(1), funder: address(2), repositoryId: '1296269', issueId: '42', nonce: 7n };
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('fundSol writes every term at its place', () => {
  const { address: deposit, bump } = depositAddress(key);
  const built = fundSol({ ...key, amount: 1_500_000_000n, deadline: -2n, withRelayer: true, approver: address(3) });
  expect(built.accounts).toEqual([
    { address: key.funder, signer: true, writable: true },
    { address: deposit, signer: false, writable: true },
    { address: key.operator, signer: false, writable: false },
    { address: systemProgram, signer: false, writable: false },
  ]);
  expect(hex(built.data)).toBe(`0a${hex(Uint8Array.of(bump))}01` + '8dc7130000000000' + '2a00000000000000' + '0700000000000000' + '002f685900000000' + 'feffffffffffffff' + '03'.repeat(32));
  expect(hex(fundSol({ ...key, amount: 1n, deadline: 0n, withRelayer: false }).data).slice(-64)).toBe(hex(new Uint8Array(32)));
});

test.each([{ amount: -1n }, { amount: 2n ** 64n }, { deadline: 2n ** 63n }, { deadline: -(2n ** 63n) - 1n }, { nonce: -1n }, { issueId: '0' }, { repositoryId: '1e3' }])('%o is refused before it reaches the chain', (change) => {
  expect(() => fundSol({ ...key, amount: 1n, deadline: 0n, withRelayer: true, ...change })).toThrow(expect.objectContaining({ code: 'ESCROW_TERMS_INVALID' }));
});

test('createOperator, refund and close name their accounts', () => {
  const operator = operatorAddress({ program, firstAdmin: address(4) });
  const created = createOperator({ program, admin: address(4), host: 'GitHub.com', relayer: address(5), attestor: address(6) });
  expect(created.accounts.map((account) => account.address)).toEqual([address(4), operator.address, systemProgram]);
  // printf github.com | sha256sum
  expect(hex(created.data)).toBe(`01${hex(Uint8Array.of(operator.bump))}` + '3aeb002460381c6f258e8395d3026f571f0d9a76488dcd837639b13aed316560' + '05'.repeat(32) + '06'.repeat(32));
  const both = [{ address: address(1), signer: false, writable: true }, { address: address(2), signer: false, writable: true }];
  expect(refund({ program, deposit: address(1), funder: address(2) })).toEqual({ program, accounts: both, data: Uint8Array.of(16) });
  expect(close({ program, deposit: address(1), funder: address(2) })).toEqual({ program, accounts: both, data: Uint8Array.of(17) });
});

test('instruction numbers and error numbers are each used once', () => {
  for (const numbers of [Object.values(instructionNumbers), Object.values(programErrors).map(([number]) => number)]) expect(new Set<number>(numbers).size).toBe(numbers.length);
});

test('the reserve never counts on rent below 6,960 lamports a byte, and follows it above', () => {
  expect(rentReserve(320, 300_000n)).toBe(448n * 6960n);
  expect(rentReserve(320, 9_000_000n)).toBe(9_000_000n);
  expect(minimumAmount(1n)).toBe(890_880n);
});

test('an error number of the program has a name, in the shape that RPC nodes send it', () => {
  expect(customErrorOf({ InstructionError: [2, { Custom: 117 }] })).toEqual({ instruction: 2, number: 117 });
  expect(programErrorOf(117)).toBe('DEADLINE_OUT_OF_BOUNDS');
  expect(programErrorOf(1)).toBeUndefined();
  for (const other of [undefined, null, 'BlockhashNotFound', { InstructionError: [0, 'MissingRequiredSignature'] }, { InstructionError: 5 }, { InstructionError: [0, { Custom: 'x' }] }]) expect(customErrorOf(other)).toBeUndefined();
});

test('events are read only where our program is the one that speaks', () => {
  const line = (bytes: Uint8Array) => `Program data: ${Buffer.from(bytes).toString('base64')}`;
  const event = new Uint8Array(56).fill(9, 8, 40).with(0, 1).with(1, 10).with(40, 1).with(48, 5);
  const other = zeroAddress;
  const read = (...logs: string[]) => readEvents([`Program ${program} invoke [1]`, ...logs, `Program ${program} success`], program);
  expect(read(line(event))).toEqual([{ kind: 'fundSol', account: address(9), sequence: 1n, amount: 5n }]);
  expect(read(`Program ${other} invoke [2]`, line(event), `Program ${other} success`)).toEqual([]);
  expect(read(`Program ${other} invoke [2]`, `Program ${other} failed: custom program error: 0x1`, line(event))).toHaveLength(1);
  expect(readEvents([line(event)], program)).toEqual([]);
  expect(read(line(event.slice(1)), line(event.with(0, 2)), line(event.with(1, 99)), 'Program data: !', 'Program log: x')).toEqual([]);
});

test('vaults, identities and canonical token accounts are where web3.js finds them', () => {
  const find = (seeds: Uint8Array[], of: string) => { const [found, bump] = PublicKey.findProgramAddressSync(seeds, new PublicKey(of)); return { address: found.toBase58(), bump }; };
  const bytes = (text: string) => new PublicKey(text).toBytes();
  const id = new Uint8Array(8);
  new DataView(id.buffer).setBigUint64(0, 583231n, true);
  for (let byte = 1; byte < 6; byte++) {
    const [one, other] = [address(byte), address(byte + 100)];
    expect(vaultAddress({ program, deposit: one })).toEqual(find([Buffer.from('vault'), bytes(one)], program));
    expect(identityAddress({ program, operator: one, githubId: '583231' })).toEqual(find([Buffer.from('identity'), bytes(one), id], program));
    expect(associatedTokenAddress({ wallet: one, mint: other })).toEqual(find([bytes(one), bytes(tokenProgram), bytes(other)], associatedTokenProgram));
  }
});

test('an award writes what was seen and every share, and names its deciders as signers', () => {
  const built = award({ program, deposit: address(1), operator: address(2), deciders: [address(3), address(4)], createdSlot: 9n, sequence: 2n, shares: [{ githubId: '583231', bps: 7000 }, { githubId: '9919', bps: 3000 }] });
  expect(hex(built.data)).toBe('0c' + '0900000000000000' + '0200000000000000' + '3fe6080000000000' + '581b' + 'bf26000000000000' + 'b80b');
  expect(built.accounts.map(({ signer, writable }) => [signer, writable])).toEqual([[false, true], [false, false], [true, false], [true, false]]);
  expect(() => award({ program, deposit: address(1), operator: address(2), deciders: [], createdSlot: 9n, sequence: 2n, shares: [{ githubId: '1', bps: 70_000 }] })).toThrow(expect.objectContaining({ code: 'ESCROW_TERMS_INVALID' }));
  expect(veto({ program, deposit: address(1), operator: address(2) }).accounts).toHaveLength(2);
});

test('a token adds vault, mint, token account and token program to every instruction about money, and the bump of the account', () => {
  const [mint, wallet] = [address(8), address(9)];
  const canonical = associatedTokenAddress({ wallet, mint });
  const base = { program, deposit: address(1), operator: address(2), funder: wallet, mint };
  const added = [vaultAddress({ program, deposit: address(1) }).address, mint, canonical.address, tokenProgram];
  for (const built of [payout({ ...base, share: 3, githubId: '7', wallet }), refund(base), refundShare({ ...base, share: 3, githubId: '7' }), close(base)]) {
    expect(built.accounts.slice(-4).map((account) => account.address)).toEqual(added);
    expect(built.data.at(-1)).toBe(canonical.bump);
    expect(built.accounts.some(({ signer }) => signer)).toBe(false);
  }
  const chosen = payout({ ...base, share: 0, githubId: '7', wallet, tokenAccount: address(10) });
  expect(chosen.accounts[3]).toEqual({ address: wallet, signer: true, writable: false });
  expect(chosen.accounts.at(-2)?.address).toBe(address(10));
  const funded = fundToken({ ...key, mint, amount: 5n, deadline: 0n, withRelayer: true });
  expect(funded.data).toHaveLength(76);
  expect(funded.accounts).toHaveLength(8);
});

test('keys are scheduled and disabled by name', () => {
  const base = { program, operator: address(1), admin: address(2) };
  expect(hex(scheduleKeys({ ...base, attestor: address(5) }).data)).toBe('03' + '00'.repeat(32) + '05'.repeat(32));
  expect([['relayer'], ['attestor'], ['relayer', 'attestor']].map((keys) => disableKeys({ ...base, keys: keys as ('relayer' | 'attestor')[] }).data[1])).toEqual([1, 2, 3]);
});
