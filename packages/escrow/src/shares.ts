import { DoubloonError } from '@doubloon/errors';

const whole = 10_000n;

/**
 * Base units of each share: `floor(amount * bps / 10000)`, and the first takes what rounding leaves, so that they add up
 * to the amount. Throws ESCROW_TERMS_INVALID unless the basis points are whole numbers from 1 that add up to 10,000.
 */
export function shareAmounts(amount: bigint, bps: readonly number[]): bigint[] {
  if (bps.some((part) => !Number.isInteger(part) || part < 1) || bps.reduce((sum, part) => sum + part, 0) !== Number(whole)) throw new DoubloonError('ESCROW_TERMS_INVALID', { problem: 'the shares do not add up to 10,000 basis points' });
  const [, ...others] = bps.map((part) => (amount * BigInt(part)) / whole);
  return [others.reduce((left, part) => left - part, amount), ...others];
}
