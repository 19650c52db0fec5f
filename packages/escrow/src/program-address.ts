import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { addressBytes, addressOf, type Address } from './address.ts';

const marker = utf8ToBytes('ProgramDerivedAddress');

/** Whether the bytes decompress to a curve point the way the runtime (curve25519-dalek) decides it. */
export function isOnCurve(bytes: Uint8Array): boolean {
  try {
    ed25519.Point.fromBytes(bytes, true);   // ZIP 215 rules: dalek takes non-canonical y as well
    return true;
  } catch {
    return false;
  }
}

/**
 * The address that no key can sign for, with its canonical bump (the highest that works). Seeds are at most 32 bytes
 * each and at most 15, as the runtime has it.
 */
export function findProgramAddress(seeds: readonly Uint8Array[], program: Address): { address: Address; bump: number } {
  if (seeds.length > 15 || seeds.some((seed) => seed.length > 32)) throw new RangeError('at most 15 seeds of at most 32 bytes');
  const head = concatBytes(...seeds);
  const tail = concatBytes(addressBytes(program), marker);
  for (let bump = 255; bump >= 0; bump--) {
    const hash = sha256(concatBytes(head, Uint8Array.of(bump), tail));
    if (!isOnCurve(hash)) return { address: addressOf(hash), bump };
  }
  throw new RangeError('no bump leads off the curve');
}
