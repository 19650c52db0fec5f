import { DoubloonError } from '@doubloon/errors';
import { formatAmount, parseAmount, type Denom, type Denoms } from '@doubloon/domain';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import type { ChainFacts } from './chain-facts.ts';
import { networkFee, usualLimit } from './fees.ts';
import type { Costs } from './terms.ts';

/** The denom of that name that can be put in escrow. DENOM_UNKNOWN, also for tokens: the program takes SOL only as yet. */
export function fundableDenom({ denoms }: Denoms, name: string): Denom {
  const found = denoms.find((one) => one.name === name && one.mint === null);
  if (found === undefined) throw new DoubloonError('DENOM_UNKNOWN', { denom: name });
  return found;
}

/** Lamports a deposit costs besides its amount. */
export const costsOf = ({ rent, price }: ChainFacts): Costs => ({ rent, networkFee: networkFee({ price, limit: usualLimit }) });

/** AMOUNT_TOO_SMALL below what the chain needs to pay it out again. */
export function checkAmount(amount: bigint, { minimum }: ChainFacts): void {
  if (amount < minimum) throw new DoubloonError('AMOUNT_TOO_SMALL', { amount: String(amount), minimum: String(minimum) });
}

/** What an amount costs to put in escrow now. AMOUNT_INVALID, AMOUNT_TOO_SMALL, DENOM_UNKNOWN. */
export function quote({ denoms, facts }: { denoms: Denoms; facts: ChainFacts }, request: { denom: string; text: string }): MessageInitShape<typeof treasury.QuoteResponseSchema> {
  const { name, decimals } = fundableDenom(denoms, request.denom);
  const read = parseAmount(request.text, decimals);
  if (!read.ok) throw new DoubloonError('AMOUNT_INVALID', { text: request.text.slice(0, 40), reason: read.reason });
  const { amount } = read;
  checkAmount(amount, facts);
  const { networkFee: fee, rent } = costsOf(facts);
  return {
    money: { denom: name, amount: String(amount) }, decimals, text: formatAmount(amount, decimals),
    networkFee: String(fee), rent: String(rent), totalLamports: String(amount + fee + rent),
  };
}
