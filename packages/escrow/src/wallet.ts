import { DoubloonError } from '@doubloon/errors';
import { addressBytes, parseAddress, systemProgram, type Address } from './address.ts';
import { isOnCurve } from './program-address.ts';

/** The address of somebody who can sign. Throws WALLET_INVALID. */
export function parseWallet(text: string): Address {
  const invalid = (problem: string, cause?: unknown) => new DoubloonError('WALLET_INVALID', { wallet: text.slice(0, 60), problem }, { cause });
  let wallet: Address;
  try {
    wallet = parseAddress(text);
  } catch (error) {
    throw invalid('it is not an address on Solana', error);
  }
  // No key signs for an address off the curve.
  if (wallet === systemProgram || !isOnCurve(addressBytes(wallet))) throw invalid('it is not an account that can sign');
  return wallet;
}
