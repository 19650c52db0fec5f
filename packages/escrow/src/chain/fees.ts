import type { Address } from '../address.ts';
import type { Chain } from './chain.ts';

/** Lamports per signature, since the first day of the chain. */
const signatureFee = 5_000n;
/** Micro-lamports per compute unit at most: 50,000 lamports for 100,000 units. */
const highestPrice = 500_000n;
/** Our instruction with its memo takes a fraction; the rest is for the guards that wallets put around it. */
export const roomForGuards = 60_000;
/** Compute units a simulation may take: the most a single instruction gets by default. */
export const simulationLimit = 200_000;
/** What is reckoned with before a simulation has told. */
export const usualLimit = 100_000;

/** Micro-lamports per compute unit that others pay now to write these accounts, up to a cap. */
export async function priorityPrice(chain: Chain, writable: readonly Address[]): Promise<bigint> {
  const price = await chain.prioritizationFee(writable);
  return price > highestPrice ? highestPrice : price;
}

/** Lamports for a transaction, with one signature unless told; the part below a lamport is charged as a whole one. */
export const networkFee = ({ price, limit, signatures = 1 }: { price: bigint; limit: number; signatures?: number }): bigint =>
  signatureFee * BigInt(signatures) + (price * BigInt(limit) + 999_999n) / 1_000_000n;
