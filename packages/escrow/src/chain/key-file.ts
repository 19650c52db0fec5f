import { readFileSync, statSync } from 'node:fs';
import { DoubloonError } from '@doubloon/errors';
import type { Address } from '../address.ts';
import { signerFromKeypair } from '../signer.ts';

/** A key of the operator's. It may lie elsewhere: all it does is sign. */
export interface HeldKey {
  readonly address: Address;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/**
 * From a Solana key file: a JSON array of 64 numbers, which only its owner and their group may read.
 * CONFIG_INVALID, without a word of what is in it.
 */
export function keyFromFile(path: string): HeldKey {
  const invalid = (problem: string) => new DoubloonError('CONFIG_INVALID', { problems: [problem] });
  let content: string;
  try {
    if ((statSync(path).mode & 0o007) !== 0) throw invalid('can be read by every user of this machine: take that right away');
    content = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof DoubloonError) throw error;
    throw invalid(`can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`);
  }
  try {
    const numbers: unknown = JSON.parse(content);
    if (!Array.isArray(numbers) || !numbers.every((one) => Number.isInteger(one) && (one as number) >= 0 && (one as number) <= 255)) throw new TypeError('no bytes');
    const { address, sign } = signerFromKeypair(Uint8Array.from(numbers as number[]));
    return { address, sign: (message) => Promise.resolve(sign(message)) };
  } catch {
    throw invalid('is not a key file: a JSON array of 64 numbers is expected');
  }
}
