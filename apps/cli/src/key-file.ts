import { readFile } from 'node:fs/promises';
import { signerFromKeypair, type Signer } from '@doubloon/escrow';
import { UsageProblem } from './usage-problem.ts';

/** Reads a key as solana-keygen writes it: a JSON array of the 64 bytes of secret and public key. `undefined` when it is none. */
export function signerOf(json: string): Signer | undefined {
  try {
    const bytes: unknown = JSON.parse(json);
    const isBytes = Array.isArray(bytes) && bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256);
    return isBytes ? signerFromKeypair(Uint8Array.from(bytes as number[])) : undefined;
  } catch {
    // What JSON.parse says quotes the key.
    return undefined;
  }
}

/** The key in a file. Throws `UsageProblem`, which never quotes it. */
export async function readSigner(file: string): Promise<Signer> {
  const json = await readFile(file, 'utf8').catch((cause: unknown) => { throw new UsageProblem(`The key file ${file} can't be read.`, { cause }); });
  const signer = signerOf(json);
  if (signer === undefined) throw new UsageProblem(`The key file ${file} is not a JSON array of 64 bytes, as solana-keygen writes it.`);
  return signer;
}
