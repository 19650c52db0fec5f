import type { Pool } from 'pg';
import { DoubloonError } from '@doubloon/errors';
import { formatAmount, type Denom, type Denoms } from '@doubloon/domain';
import { associatedTokenAddress, compileTransaction, depositAddress, memo, parseWallet, reasonOf, refusal, setComputeUnitLimit, setComputeUnitPrice, systemProgram } from '@doubloon/escrow';
import { checkNode, networkFee, priorityPrice, roomForGuards, simulationLimit } from '@doubloon/escrow/chain';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import { fundingInstruction, fundingTerms } from './funding-instruction.ts';
import { checkFunds } from './funds.ts';
import { offerById, type OfferRow } from '../offers/offer-row.ts';
import { lamportsIn, rentOf } from '../offers/quote.ts';
import { instant, shownTerms, standard } from './terms.ts';
import type { Treasury } from '../treasury.ts';

const insertBuild = `
  insert into funding_build (offer_id, wallet, deposit, deadline, blockhash, last_valid_block_height, built_at) values ($1, $2, $3, $4, $5, $6, $7)`;

/** The offer when it can be funded now. OFFER_ABSENT, OFFER_NOT_OPEN. */
export async function openOfferById(pool: Pool, offerId: string, now: Date): Promise<OfferRow> {
  const offer = await offerById(pool, offerId);
  if (offer === undefined) throw new DoubloonError('OFFER_ABSENT', { offerId });
  const state = offer.state === 'offered' && offer.expires_at <= now ? 'expired' : offer.state;
  if (state !== 'offered') throw new DoubloonError('OFFER_NOT_OPEN', { offerId, state });
  return offer;
}

/**
 * The transaction that funds an offer from a wallet, unsigned, and what it means. The nonce comes from the offer, so that
 * everything this wallet ever signs for it makes one and the same deposit account: the second to land fails. Recorded
 * before it is handed out. OFFER_ABSENT, OFFER_NOT_OPEN, DENOM_UNKNOWN, WALLET_INVALID, BALANCE_TOO_SMALL, TRANSACTION_REFUSED when it
 * would fail for another reason, CHAIN_UNAVAILABLE, GENESIS_MISMATCH.
 */
export async function buildFunding(context: Treasury, request: { offerId: string; wallet: string }): Promise<MessageInitShape<typeof treasury.BuildFundingResponseSchema>> {
  const { pool, chain, facts, denoms, now, wake } = context;
  const wallet = parseWallet(request.wallet);
  const offer = await openOfferById(pool, request.offerId, now());
  const known = facts.current();
  const denom = listed(denoms, offer);

  const termsUntil = (deadline: bigint) => fundingTerms(context, offer, { wallet, deadline });
  const { mint, ...key } = termsUntil(0n);
  const deposit = depositAddress(key).address;
  const source = mint && associatedTokenAddress({ wallet, mint }).address;
  const [time, { blockhash, lastValidBlockHeight }, price, empty, [payer, existing, holding]] = await Promise.all([
    chain.time(), chain.latestBlockhash(), priorityPrice(chain, [wallet, deposit]), chain.minimumBalance(0), chain.accounts([wallet, deposit, ...(source === undefined ? [] : [source])], 'confirmed'),
  ]);
  // On another chain the same signature could move other money.
  await checkNode(context);
  if (payer !== undefined && payer.owner !== systemProgram) throw new DoubloonError('WALLET_INVALID', { wallet, problem: 'it belongs to a program' });
  if (existing?.owner === context.program) {
    wake.watcher();
    throw new DoubloonError('OFFER_NOT_OPEN', { offerId: offer.id, state: 'submitted' });
  }

  const deadline = time + standard.deadlineSeconds;
  const compile = (limit: number) => compileTransaction({
    payer: wallet, blockhash,
    instructions: [setComputeUnitLimit(limit), setComputeUnitPrice(price), fundingInstruction(termsUntil(deadline)), memo(memoOf(offer))],
  });
  const amount = BigInt(offer.amount);
  const rent = rentOf(known, denom.mint);
  checkFunds(
    wallet,
    { balance: payer?.lamports ?? 0n, empty, total: lamportsIn(denom, amount) + rent + networkFee({ price, limit: simulationLimit }) },
    mint && source && { denom: denom.name, decimals: denom.decimals, mint, amount, address: source, account: holding },
  );
  const { error, unitsConsumed } = await chain.simulate(compile(simulationLimit));
  if (error !== undefined) throw refusal('would-fail', reasonOf(error));

  const limit = Math.ceil(Number(unitsConsumed) * 1.2) + roomForGuards;
  const costs = { rent, networkFee: networkFee({ price, limit }) };
  context.recordRules(offer.repository_id);
  await pool.query(insertBuild, [offer.id, wallet, deposit, instant(deadline), blockhash, lastValidBlockHeight, now()]);
  return {
    transaction: compile(limit),
    terms: shownTerms(context, { denom, facts: known.program, deadline, costs }),
    deposit,
    deadline: instant(deadline).toISOString(),
    totalLamports: String(lamportsIn(denom, amount) + costs.rent + costs.networkFee),
    lastValidBlockHeight: String(lastValidBlockHeight),
  };
}

/** The allowlist may have moved on since the offer was opened: nobody is to pay what is not in it. DENOM_UNKNOWN. */
function listed({ denoms }: Denoms, { denom, mint, decimals }: OfferRow): Denom {
  const found = denoms.find((one) => one.name === denom && one.mint === mint && one.decimals === decimals);
  if (found === undefined) throw new DoubloonError('DENOM_UNKNOWN', { denom });
  return found;
}

const memoOf = ({ amount, decimals, denom, repository, number }: OfferRow): string => `Doubloon: ${formatAmount(BigInt(amount), decimals)} ${denom} for ${repository}#${String(number)}`;
