import { randomBytes } from 'node:crypto';
import { PublicKey } from '@solana/web3.js';
import { expect, test } from 'vitest';
import { addressBytes, addressOf, type Address } from './address.ts';
import { depositAddress, depositNonce, identityAddress, operatorAddress } from './addresses.ts';
import { findProgramAddress, isOnCurve } from './program-address.ts';
import { localProgram } from './program.ts';

const key = (): Address => addressOf(Uint8Array.from(randomBytes(32)));
const u64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};
const oracle = (...seeds: Uint8Array[]) => {
  const [address, bump] = PublicKey.findProgramAddressSync(seeds, new PublicKey(localProgram));
  return { address: address.toBase58(), bump };
};

test('program addresses and their bumps are those of web3.js', () => {
  for (let round = 0; round < 20; round++) {
    const seeds = Array.from({ length: round % 5 }, (_, index) => Uint8Array.from(randomBytes((index * 11) % 33)));
    expect(findProgramAddress(seeds, localProgram)).toEqual(oracle(...seeds));
  }
});

test('points on and off the curve are told apart as web3.js does', () => {
  for (let round = 0; round < 50; round++) {
    const bytes = Uint8Array.from(randomBytes(32));
    expect(isOnCurve(bytes)).toBe(PublicKey.isOnCurve(bytes));
  }
});

test('operator, identity and deposit stand where their seeds lead', () => {
  const [operator, funder] = [key(), key()];
  expect(operatorAddress({ program: localProgram, firstAdmin: funder })).toEqual(oracle(Buffer.from('operator'), addressBytes(funder)));
  expect(identityAddress({ program: localProgram, operator, githubId: '583231' })).toEqual(oracle(Buffer.from('identity'), addressBytes(operator), u64(583231n)));
  expect(depositAddress({ program: localProgram, operator, funder, repositoryId: '1296269', issueId: '18446744073709551615', nonce: 7n })).toEqual(
    oracle(Buffer.from('deposit'), addressBytes(operator), u64(1296269n), u64(2n ** 64n - 1n), addressBytes(funder), u64(7n)));
});

test.each(['0', '01', '-1', '1.0', '18446744073709551616', 'abc', ''])('%j is refused as an id', (issueId) => {
  expect(() => depositAddress({ program: localProgram, operator: key(), funder: key(), repositoryId: '1', issueId, nonce: 0n })).toThrow(expect.objectContaining({ code: 'ESCROW_TERMS_INVALID' }));
});

test('the nonce of an offer is the first eight bytes of the sha256 of its id, little-endian', () => {
  // printf 000102030405060708090a0b0c0d0e0f | sha256sum  ->  d6 5d f8 9f 70 2e ec 58 …
  expect(depositNonce('000102030405060708090a0b0c0d0e0f')).toBe(0x58ec2e709ff85dd6n);
});

test('seeds beyond what the runtime takes are refused', () => {
  expect(() => findProgramAddress([new Uint8Array(33)], localProgram)).toThrow(RangeError);
  expect(() => findProgramAddress(new Array<Uint8Array>(16).fill(new Uint8Array(1)), localProgram)).toThrow(RangeError);
});
