import type { Failures } from '@doubloon/errors';

/** Lamports: what the wallet holds, what it is to pay, and what keeps an empty account alive. */
export interface LamportsAsked {
  readonly balance: bigint;
  readonly total: bigint;
  readonly empty: bigint;
}

/** What a payer lacks. The runtime lets it end with nothing, or with what keeps an account alive, and with nothing between. */
export function lackingLamports({ balance, total, empty }: LamportsAsked): Failures['BALANCE_TOO_SMALL']['lacking'] {
  if (balance === total || balance >= total + empty) return [];
  const needed = balance < total ? total : total + empty;
  return [{ denom: 'sol', decimals: 9, balance: String(balance), needed: String(needed), missing: String(needed - balance) }];
}
