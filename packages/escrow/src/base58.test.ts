import { randomBytes } from 'node:crypto';
import { PublicKey } from '@solana/web3.js';
import { expect, test } from 'vitest';
import { addressOf, parseAddress } from './address.ts';
import { decodeBase58, encodeBase58 } from './base58.ts';

test('addresses are written as web3.js writes them', () => {
  for (const zeros of [0, 1, 5, 31, 32]) {
    const bytes = Uint8Array.from(randomBytes(32)).fill(0, 0, zeros);
    expect(addressOf(bytes)).toBe(new PublicKey(bytes).toBase58());
    expect(decodeBase58(addressOf(bytes))).toEqual(bytes);
  }
});

test('any bytes come back as they were', () => {
  for (let length = 0; length <= 64; length++) {
    const bytes = Uint8Array.from(randomBytes(length));
    expect(decodeBase58(encodeBase58(bytes))).toEqual(bytes);
  }
});

test.each(['', '1'.repeat(31), '1'.repeat(33), 'O'.repeat(32), 'toolong'.repeat(1000), '１'.repeat(32), ' 11111111111111111111111111111111'])('%j is not an address', (text) => {
  expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'ADDRESS_INVALID' }));
});
