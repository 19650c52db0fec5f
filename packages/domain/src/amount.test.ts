import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAmount, MAX_AMOUNT, parseAmount } from './amount.ts';

describe('an amount is read exactly', () => {
  test.each([
    ['10.75', 6, 10_750_000n],
    ['0.1', 18, 100_000_000_000_000_000n],
    ['007.50', 6, 7_500_000n],
    ['5', 0, 5n],
    ['18446744073709551615', 0, MAX_AMOUNT],
    ['9007199254740993', 0, 9_007_199_254_740_993n],
  ])('%s with %i decimals', (text, decimals, amount) => {
    expect(parseAmount(text, decimals)).toEqual({ ok: true, amount });
  });
});

describe('what is not an amount is refused with the first reason that fits', () => {
  test.each([
    ['', 6, 'malformed'],
    [' 5', 6, 'malformed'],
    ['5 ', 6, 'malformed'],
    ['+5', 6, 'malformed'],
    ['-5', 6, 'malformed'],
    ['1e3', 6, 'malformed'],
    ['0x10', 6, 'malformed'],
    ['5.', 6, 'malformed'],
    ['.5', 6, 'malformed'],
    ['1.2.3', 6, 'malformed'],
    ['1.000.000,5', 6, 'malformed'],
    ['５', 6, 'malformed'],
    ['٥', 6, 'malformed'],
    ['1,000', 6, 'separator'],
    ["1'000", 6, 'separator'],
    ['1’000', 6, 'separator'],
    ['1_000', 6, 'separator'],
    ['1 000', 6, 'separator'],
    ['1\u00a0000', 6, 'separator'],
    ['1\u202f000.50', 6, 'separator'],
    ['1.000,50', 6, 'separator'],
    ['0,000', 6, 'separator'],
    ['10.75', 1, 'too-many-decimals'],
    ['5.0', 0, 'too-many-decimals'],
    ['0.0000000', 6, 'too-many-decimals'],
    ['0', 6, 'zero'],
    ['0.000000', 6, 'zero'],
    ['18446744073709551616', 0, 'too-large'],
    ['18446744073710', 6, 'too-large'],
    ['9'.repeat(100_000), 6, 'too-large'],
  ])('%s with %i decimals: %s', (text, decimals, reason) => {
    expect(parseAmount(text, decimals)).toEqual({ ok: false, reason });
  });
});

test('printing is canonical', () => {
  expect([formatAmount(500_000_000n, 9), formatAmount(50_000_000n, 6), formatAmount(1n, 9), formatAmount(0n, 6), formatAmount(100n, 0)]).toEqual(['0.5', '50', '0.000000001', '0', '100']);
});

test('reading what was printed gives the amount back, for every amount and mint', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: MAX_AMOUNT }), fc.integer({ min: 0, max: 18 }), (amount, decimals) => {
      expect(parseAmount(formatAmount(amount, decimals), decimals)).toEqual({ ok: true, amount });
    }),
  );
});

test('reading any text answers and never throws', () => {
  // Any code units, halves of pairs too. To prepare fast-check's own `binary` alone takes seconds.
  const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
  fc.assert(fc.property(fc.string({ unit }), fc.integer({ min: 0, max: 18 }), (text, decimals) => typeof parseAmount(text, decimals).ok === 'boolean'));
});
