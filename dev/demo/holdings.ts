import { formatAmount } from '@doubloon/domain';
import { associatedTokenAddress, type Address } from '@doubloon/escrow';
import type { Stack } from '../stack/stack.ts';

/** What a wallet holds by confirmed state, in base units. */
export interface Holdings {
  readonly sol: bigint;
  readonly usdc: bigint;
}

export type Denom = keyof Holdings;
const decimals = { sol: 9, usdc: 6 } as const;

/** An amount as a person reads it. */
export const amountText = (amount: bigint, denom: Denom): string => `${formatAmount(amount, decimals[denom])} ${denom}`;

export async function holdingsOf({ chain, localnet }: Pick<Stack, 'chain' | 'localnet'>, wallet: Address): Promise<Holdings> {
  const [account, usdc] = await Promise.all([chain.account(wallet, 'confirmed'), tokensAt(chain, associatedTokenAddress({ wallet, mint: localnet.mints.usdc }).address)]);
  return { sol: account?.lamports ?? 0n, usdc };
}

/** Base units in a token account: bytes 64 to 72 of it, little-endian. */
export async function tokensAt(chain: Stack['chain'], address: Address): Promise<bigint> {
  const account = await chain.account(address, 'confirmed');
  return account === undefined ? 0n : new DataView(account.data.buffer, account.data.byteOffset).getBigUint64(64, true);
}
