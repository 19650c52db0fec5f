import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { parseAddress } from './address.ts';
import type { Instruction } from './instruction.ts';
import { u64 } from './integers.ts';

export const computeBudgetProgram = parseAddress('ComputeBudget111111111111111111111111111111');
export const memoProgram = parseAddress('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');
export const tokenProgram = parseAddress('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA');
export const associatedTokenProgram = parseAddress('ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL');
/** The mint of wrapped SOL, which the program refuses: SOL itself can be escrowed. */
export const wrappedSol = parseAddress('So11111111111111111111111111111111111111112');

/** `units` is a whole number up to 2^32 - 1. */
export function setComputeUnitLimit(units: number): Instruction {
  const data = new Uint8Array(5);
  data[0] = 2;
  new DataView(data.buffer).setUint32(1, units, true);
  return { program: computeBudgetProgram, accounts: [], data };
}

/** Micro-lamports per compute unit. */
export function setComputeUnitPrice(microLamports: bigint): Instruction {
  return { program: computeBudgetProgram, accounts: [], data: concatBytes(Uint8Array.of(3), u64(microLamports, 'the unit price')) };
}

/** Readable text that wallets show and the chain keeps. */
export function memo(text: string): Instruction {
  return { program: memoProgram, accounts: [], data: utf8ToBytes(text) };
}
