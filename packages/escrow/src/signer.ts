import { ed25519 } from '@noble/curves/ed25519.js';
import { DoubloonError } from '@doubloon/errors';
import { addressBytes, addressOf, type Address } from './address.ts';

/** Somebody who can sign. The secret stays inside. */
export interface Signer {
  readonly address: Address;
  sign(message: Uint8Array): Uint8Array;
}

/** From 32 secret bytes. */
export function signerFromSeed(seed: Uint8Array): Signer {
  const address = addressOf(ed25519.getPublicKey(seed));
  return { address, sign: (message) => ed25519.sign(message, seed) };
}

/** From the 64 bytes of a Solana key file (secret, then public key). Throws KEY_INVALID when the halves do not belong together. */
export function signerFromKeypair(bytes: Uint8Array): Signer {
  if (bytes.length !== 64) throw new DoubloonError('KEY_INVALID', { problem: `it has ${bytes.length} bytes instead of 64` });
  const signer = signerFromSeed(bytes.slice(0, 32));
  if (signer.address !== addressOf(bytes.slice(32))) throw new DoubloonError('KEY_INVALID', { problem: 'its public half belongs to another secret' });
  return signer;
}

/** As strict as the runtime: canonical encodings only. Never throws. */
export function verifySignature(address: Address, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, addressBytes(address), { zip215: false });
  } catch {
    return false;
  }
}
