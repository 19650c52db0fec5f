import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** The key of an App: GitHub keeps only what is public of it. `privateKey` is PEM. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: KeyObject;
}

const generate = promisify(generateKeyPair);

/** A new key of 2048 bits, in PKCS#1, which is what GitHub hands out. */
export async function newKeyPair(): Promise<KeyPair> {
  const { privateKey, publicKey } = await generate('rsa', { modulusLength: 2048 });
  return { privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(), publicKey };
}

export const keyPairOf = (privateKey: string): KeyPair => ({ privateKey, publicKey: createPublicKey(createPrivateKey(privateKey)) });
