import { DoubloonError } from '@doubloon/errors';
import { formatAmount, parseAmount, type Denom, type Denoms } from '@doubloon/domain';
import { networkFee, usualLimit } from '@doubloon/escrow/chain';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import type { ChainFacts } from '../chain-facts.ts';
import type { Costs } from '../funding/terms.ts';

/** The denom of that name that can be put in escrow. DENOM_UNKNOWN. */
export function fundableDenom({ denoms }: Denoms, name: string): Denom {
  const found = denoms.find((one) => one.name === name);
  if (found === undefined) throw new DoubloonError('DENOM_UNKNOWN', { denom: name });
  return found;
}

/** Lamports a deposit costs besides its amount; `mint` is null for SOL. */
export const costsOf = (facts: ChainFacts, mint: string | null): Costs => ({ rent: rentOf(facts, mint), networkFee: networkFee({ price: facts.price, limit: usualLimit }) });

/** Lamports that come back when the deposit closes. */
export const rentOf = ({ rent, vaultRent }: ChainFacts, mint: string | null): bigint => (mint === null ? rent : rent + vaultRent);

/** Lamports that go into escrow as the amount: none where that is tokens. */
export const lamportsIn = ({ mint }: Pick<Denom, 'mint'>, amount: bigint): bigint => (mint === null ? amount : 0n);

/** AMOUNT_TOO_SMALL below what the chain needs to pay it out again. Tokens can be paid to the last base unit. */
export function checkAmount(amount: bigint, { mint }: Denom, { minimum }: ChainFacts): void {
  if (mint === null && amount < minimum) throw new DoubloonError('AMOUNT_TOO_SMALL', { amount: String(amount), minimum: String(minimum) });
}

/** What an amount costs to put in escrow now. AMOUNT_INVALID, AMOUNT_TOO_SMALL, DENOM_UNKNOWN. */
export function quote({ denoms, facts }: { denoms: Denoms; facts: ChainFacts }, request: { denom: string; text: string }): MessageInitShape<typeof treasury.QuoteResponseSchema> {
  const denom = fundableDenom(denoms, request.denom);
  const { name, decimals, mint } = denom;
  const read = parseAmount(request.text, decimals);
  if (!read.ok) throw new DoubloonError('AMOUNT_INVALID', { text: request.text.slice(0, 40), reason: read.reason });
  const { amount } = read;
  checkAmount(amount, denom, facts);
  const { networkFee: fee, rent } = costsOf(facts, mint);
  return {
    money: { denom: name, amount: String(amount) }, decimals, text: formatAmount(amount, decimals),
    networkFee: String(fee), rent: String(rent), totalLamports: String(lamportsIn(denom, amount) + fee + rent),
  };
}
