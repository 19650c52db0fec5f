import { createHash } from 'node:crypto';

/**
 * The id of the offer that a place in a text makes (`key` is its `offerKey`): 128 bits, as hex. It says nothing by itself, and the same text at the same
 * operator makes the same id again, so that a treasury that begins anew finds the money of its offers by their nonces.
 */
export function offerIdOf(operator: string, key: string): string {
  return createHash('sha256').update(`doubloon offer ${operator} ${key}`).digest('hex').slice(0, 32);
}
