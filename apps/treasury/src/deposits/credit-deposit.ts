import { closeDeposit, evolveDeposit, fold, fundOffer, type BountyEvent, type OfferId } from '@doubloon/domain';
import { isDoubloonError } from '@doubloon/errors';
import { decodeDeposit, shareAmounts, terms, vaultAddress, type Address, type Deposit } from '@doubloon/escrow';
import type { ChainAccount, FinalState } from '@doubloon/escrow/chain';
import { failpoint } from '@doubloon/failpoints';
import { inTransaction } from '@doubloon/postgres';
import { changeOffer } from '../offers/change-offer.ts';
import { writeDeposit } from './deposit-row.ts';
import { judgeDeposit } from './judge-deposit.ts';
import { offerById, type OfferRow } from '../offers/offer-row.ts';
import { instant, standard } from '../funding/terms.ts';
import { tokenAccountIn } from '../funding/token-account.ts';
import type { Treasury } from '../treasury.ts';

/** Of an end no slot is recorded: by now its state is final on every node that is not far behind itself. */
const settlingSeconds = 60n;

export type WatchingContext = Pick<Treasury, 'pool' | 'chain' | 'cluster' | 'log' | 'now' | 'program' | 'operator'> & {
  /** Reads what runs at the program's address now. PROGRAM_REFUSED when it may not hold money. */
  readonly checkProgram: () => Promise<unknown>;
  readonly credited: () => void;
  /** Hears of each change of a deposit that was recorded. */
  readonly changed: (type: BountyEvent['type']) => void;
};

/** The program's bytes are many: whoever credits several deposits in one round, all read before the first is credited, looks at them once. */
export function readingProgramOnce(context: WatchingContext): WatchingContext {
  let reading: Promise<unknown> | undefined;
  return { ...context, checkProgram: () => (reading ??= context.checkProgram()) };
}

/** What became of an account that was read: money for an offer now, or before, or nothing we count, and why. */
export type Credit = { readonly kind: 'credited' | 'known' | 'not-final' } | { readonly kind: 'unverified'; readonly problem: string };

// Whoever writes a text chooses its amounts, and can find two that share a nonce: the money tells which it is.
const byNonce = 'select id from offer where nonce = $1 and repository_id = $2 and issue_id = $3 order by amount = $4 and mint is not distinct from $5 desc, place limit 1';
const insert = `
  insert into deposit (address, created_slot, offer_id, funder, amount, deadline, with_relayer, approver, signature, slot, seen_at, stands_until)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;
const submissionOf = "select signature from submission where offer_id = $1 and deposit = $2 and state in ('recorded', 'sent', 'confirmed', 'finalized')";

/** Reads the bytes of an account; `undefined` when it is no deposit of our program. */
export function depositIn(account: ChainAccount, program: Address): Deposit | undefined {
  if (account.owner !== program) return undefined;
  try {
    return decodeDeposit(account.data);
  } catch (error) {
    if (isDoubloonError(error, 'ACCOUNT_MALFORMED')) return undefined;
    throw error;
  }
}

/** The deposit in an account and the offer that it is money for; or why it is none. Whoever wants to can make something stand at an address. */
export async function judgeAccount({ pool, chain, program, operator }: Pick<Treasury, 'pool' | 'chain' | 'program' | 'operator'>, address: Address, account: ChainAccount): Promise<{ deposit: Deposit; offer: OfferRow } | { problem: string }> {
  const deposit = depositIn(account, program);
  if (deposit === undefined) return { problem: 'no deposit of our program' };
  const offer = await offerOf(pool, deposit);
  if (offer === undefined) return { problem: 'no offer of ours' };
  const problem = judgeDeposit(deposit, address, { program, operator, offer }) ?? ((await heldBy({ chain, program }, address, deposit, account)) < owed(deposit) ? 'less than it says' : undefined);
  return problem === undefined ? { deposit, offer } : { problem };
}

/** What a deposit is still to pay or to give back, in base units: nothing when it is over. */
function owed({ endedAt, amount, award }: Deposit): bigint {
  if (endedAt !== undefined) return 0n;
  if (award === undefined) return amount;
  const amounts = shareAmounts(amount, award.shares.map(({ bps }) => bps));
  return award.shares.reduce((left, { settled }, index) => (settled === undefined ? left : left - (amounts[index] ?? 0n)), amount);
}

/** What it holds of its mint in finalized state. Tokens lie in a vault that is its own authority, whose account has to be read. */
async function heldBy({ chain, program }: Pick<Treasury, 'chain' | 'program'>, address: Address, { mint }: Deposit, account: ChainAccount): Promise<bigint> {
  if (mint === undefined) return account.lamports;
  const vault = vaultAddress({ program, deposit: address }).address;
  const found = await chain.account(vault, 'finalized', account.slot);
  const held = found && tokenAccountIn(found);
  return held?.mint === mint && held.holder === vault ? held.amount : 0n;
}

/**
 * Counts a deposit, read from finalized state, as money for its offer: the row, the offer's new state and the event are
 * one transaction, once for each deposit however often it is seen. Only deposits under our terms count, only those made
 * in a slot that is final, because there are nodes that answer a question for finalized state with the newest, and only
 * while the program that holds them is one that may. One that is over by the time it is seen counts as well: what
 * became of it is seen next. PROGRAM_REFUSED.
 */
export async function creditDeposit(context: WatchingContext, address: Address, account: ChainAccount, final: Pick<FinalState, 'slot' | 'time'>): Promise<Credit> {
  const { pool, now, log, checkProgram, credited } = context;
  const judged = await judgeAccount(context, address, account);
  if ('problem' in judged) return { kind: 'unverified', problem: judged.problem };
  const { deposit, offer: known } = judged;
  if (deposit.createdSlot > final.slot || (deposit.endedAt !== undefined && final.time < deposit.endedAt + settlingSeconds)) return { kind: 'not-final' };

  failpoint('deposit-read');
  await checkProgram();
  const deadline = instant(deposit.deadline);
  const signature = await submissionFor(pool, known.id, address);
  const { events } = await inTransaction(pool, (db) => changeOffer(db, known, { details: { funder: deposit.funder, deadline: deadline.toISOString(), ...(signature === undefined ? {} : { signature }) } }, async (bounty) => {
    const at = now();
    const decided = fundOffer(bounty, { offer: known.id as OfferId, deposit: address, funder: deposit.funder, denom: known.denom, amount: deposit.amount, at });
    if (decided.length > 0) await db.query(insert, [address, deposit.createdSlot, known.id, deposit.funder, deposit.amount, deadline, deposit.withRelayer, deposit.approver ?? null, signature ?? null, account.slot, at, instant((deposit.endedAt ?? deposit.createdAt) + terms.lingerSeconds)]);
    return decided;
  }));
  failpoint('deposit-credited');
  if (events.length === 0) return { kind: 'known' };
  credited();
  log.info({ offerId: known.id, deposit: address, slot: String(account.slot) }, 'deposit credited');
  return { kind: 'credited' };
}

/**
 * Counts and ends, in one, a deposit that a final transaction of ours made in `slot`, and whose account is gone: nobody here
 * knows where its money went, and nobody waits for it any more.
 */
export async function creditClosed({ pool, now, log }: Pick<Treasury, 'pool' | 'now' | 'log'>, submission: { offer_id: string; wallet: string; deposit: string; deadline: Date; signature: string }, slot: bigint): Promise<void> {
  const { offer_id: offerId, wallet: funder, deposit, deadline, signature } = submission;
  const offer = await offerById(pool, offerId);
  if (offer === undefined) return;
  await inTransaction(pool, (db) => changeOffer(db, offer, { details: { funder, deadline: deadline.toISOString(), signature } }, async (bounty) => {
    const at = now();
    const decided = fundOffer(bounty, { offer: offer.id as OfferId, deposit, funder, denom: offer.denom, amount: BigInt(offer.amount), at });
    if (decided.length === 0) return [];
    await db.query(insert, [deposit, slot, offerId, funder, offer.amount, deadline, standard.withRelayer, standard.approver ?? null, signature, slot, at, at]);
    const known = fold(decided, bounty).deposits.get(deposit);
    const closed = known === undefined ? [] : closeDeposit(known, at);
    if (known !== undefined) await writeDeposit(db, closed.reduce(evolveDeposit, known), slot);
    return [...decided, ...closed];
  }));
  log.info({ offerId, deposit }, 'deposit was closed before it was seen');
}

async function offerOf(pool: WatchingContext['pool'], { nonce, repositoryId, issueId, amount, mint }: Deposit): Promise<OfferRow | undefined> {
  const { rows } = await pool.query<{ id: string }>(byNonce, [nonce, repositoryId, issueId, amount, mint ?? null]);
  return rows[0] && offerById(pool, rows[0].id);
}

async function submissionFor(pool: WatchingContext['pool'], offerId: string, deposit: Address): Promise<string | undefined> {
  return (await pool.query<{ signature: string }>(submissionOf, [offerId, deposit])).rows[0]?.signature;
}
