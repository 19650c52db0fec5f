import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareAmounts } from './shares.ts';

test('shares add up to the amount, and all but the first are rounded down', () => {
  expect(shareAmounts(100n, [3333, 3333, 3334])).toEqual([34n, 33n, 33n]);
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 9999 }), { maxLength: 7 }).map((inner) => {
    const at = [0, ...inner.sort((a, b) => a - b), 10_000];
    return at.slice(1).map((end, index) => end - (at[index] ?? 0));
  });
  fc.assert(fc.property(fc.bigInt(0n, 2n ** 64n - 1n), cuts, (amount, bps) => {
    const amounts = shareAmounts(amount, bps);
    expect(amounts.reduce((sum, one) => sum + one, 0n)).toBe(amount);
    amounts.slice(1).forEach((one, index) => { expect(one).toBe(amount * BigInt(bps[index + 1] ?? 0) / 10_000n); });
  }));
});

test.each([[[]], [[9999]], [[10_001]], [[5000, 5000, 0]], [[10_001, -1]], [[9999.5, 0.5]]])('%j is no award', (bps) => {
  expect(() => shareAmounts(1n, bps)).toThrow(expect.objectContaining({ code: 'ESCROW_TERMS_INVALID' }));
});
