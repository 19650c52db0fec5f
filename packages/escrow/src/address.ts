import { DoubloonError } from '@doubloon/errors';
import { decodeBase58, encodeBase58 } from './base58.ts';

declare const brand: unique symbol;

/** 32 bytes on chain, in canonical base58. */
export type Address = string & { readonly [brand]: 'Address' };

/** The only way from text to an address. Throws ADDRESS_INVALID. */
export function parseAddress(text: string): Address {
  if (decodeBase58(text).length !== 32) throw new DoubloonError('ADDRESS_INVALID', { text });
  return text as Address;
}

/** Throws ADDRESS_INVALID unless there are exactly 32 bytes. */
export function addressOf(bytes: Uint8Array): Address {
  const text = encodeBase58(bytes);
  if (bytes.length !== 32) throw new DoubloonError('ADDRESS_INVALID', { text });
  return text as Address;
}

export function addressBytes(address: Address): Uint8Array {
  return decodeBase58(address);
}

/** Thirty-two zero bytes: the system program's address, and "none" in an account's field. */
export const zeroAddress = '11111111111111111111111111111111' as Address;
export const systemProgram = zeroAddress;
