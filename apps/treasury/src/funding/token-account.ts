import { addressOf, tokenProgram, type Address } from '@doubloon/escrow';
import type { ChainAccount } from '@doubloon/escrow/chain';

/** An account of the classic token program: https://github.com/solana-program/token, `interface/src/state.rs`. */
export interface TokenAccount {
  readonly mint: Address;
  readonly holder: Address;
  /** Base units. */
  readonly amount: bigint;
  /** Whoever may freeze accounts of the mint stopped this one. */
  readonly isFrozen: boolean;
}

export const tokenAccountBytes = 165;
const holderAt = 32;
const amountAt = 64;
const stateAt = 108;
const frozen = 2;

/** `undefined` for what is no initialised account of the classic token program. */
export function tokenAccountIn({ owner, data }: ChainAccount): TokenAccount | undefined {
  if (owner !== tokenProgram || data.length !== tokenAccountBytes || data[stateAt] === 0) return undefined;
  const address = (at: number) => addressOf(data.slice(at, at + 32));
  return {
    mint: address(0), holder: address(holderAt), isFrozen: data[stateAt] === frozen,
    amount: new DataView(data.buffer, data.byteOffset).getBigUint64(amountAt, true),
  };
}
