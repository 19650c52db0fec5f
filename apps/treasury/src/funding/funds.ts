import { DoubloonError } from '@doubloon/errors';
import { lackingLamports, type Address, type LamportsAsked } from '@doubloon/escrow';
import type { ChainAccount } from '@doubloon/escrow/chain';
import { tokenAccountIn } from './token-account.ts';

/** Base units of a mint that are to come from a token account of the wallet. */
export interface TokensAsked {
  readonly denom: string;
  readonly decimals: number;
  readonly mint: Address;
  readonly amount: bigint;
  readonly address: Address;
  /** What stands at that address. */
  readonly account: ChainAccount | undefined;
}

/**
 * Whether a wallet can pay. BALANCE_TOO_SMALL with all that is missing, in each denom by itself; WALLET_INVALID where its token
 * account can't pay whatever it holds.
 */
export function checkFunds(wallet: Address, lamports: LamportsAsked, tokens: TokensAsked | undefined): void {
  const lacking = [...(tokens === undefined ? [] : lackingTokens(wallet, tokens)), ...lackingLamports(lamports)];
  if (lacking.length > 0) throw new DoubloonError('BALANCE_TOO_SMALL', { wallet, lacking });
}

function lackingTokens(wallet: Address, { denom, decimals, mint, amount, address, account }: TokensAsked) {
  const needed = String(amount);
  if (account === undefined) return [{ denom, decimals, balance: null, needed, missing: needed, account: address }];
  const held = tokenAccountIn(account);
  // Whoever holds it can hand over even the canonical account of a wallet.
  if (held?.mint !== mint || held.holder !== wallet) throw new DoubloonError('WALLET_INVALID', { wallet, problem: `its account for ${denom}, ${address}, is not its own any more` });
  if (held.isFrozen) throw new DoubloonError('WALLET_INVALID', { wallet, problem: `its account for ${denom}, ${address}, was frozen by the issuer of ${denom}` });
  return held.amount >= amount ? [] : [{ denom, decimals, balance: String(held.amount), needed, missing: String(amount - held.amount), account: address }];
}
