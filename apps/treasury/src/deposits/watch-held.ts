import { closeDeposit, evolveDeposit, watchDeposit, type DepositEvent } from '@doubloon/domain';
import { DoubloonError } from '@doubloon/errors';
import { claimableUntil, parseAddress, terms, type Address, type Deposit, type Operator } from '@doubloon/escrow';
import { secondLook, type ChainAccount, type FinalState } from '@doubloon/escrow/chain';
import { failpoint } from '@doubloon/failpoints';
import { inTransaction } from '@doubloon/postgres';
import { changeOffer } from '../offers/change-offer.ts';
import { depositIn, type WatchingContext } from './credit-deposit.ts';
import { depositOf, deposits, writeDeposit, type DepositRow } from './deposit-row.ts';
import { each } from '../each.ts';
import { offerById } from '../offers/offer-row.ts';
import { readWithOperator } from '../operator.ts';
import { depositsOf } from './scan-deposits.ts';
import { keepSettlements, settlementsOf, type Settlements } from './settlement.ts';
import { seenIn } from './seen-deposit.ts';
import { instant } from '../funding/terms.ts';

const mostPerRound = 400;
const standing = `${deposits} where not d.gone and (d.doubted_slot is not null or d.address > $1) order by d.doubted_slot is null, d.address limit ${String(mostPerRound)}`;
const noteDoubt = 'update deposit set doubted_slot = $2, doubted_sequence = $3 where address = $1 and not gone';
const noteSequence = 'update deposit set sequence = $2, doubted_slot = null, doubted_sequence = null where address = $1 and not gone and sequence < $2';
const noteFinal = "update deposit set final_at = $2, claimable_until = $3 where address = $1 and state = 'awarded' and (final_at <> $2 or claimable_until is distinct from $3)";
const day = 86_400_000;

/**
 * Sees what has become of deposits, some hundreds of addresses after the cursor, which goes on: whoever did it, by whatever
 * means. What a deposit says of itself is believed when a second look at a later final state finds the same; that it is not
 * there, only after the program can have closed it, and when the node does not list it either. CHAIN_ANSWER_MALFORMED, after
 * all others were looked at, when the node leaves out one that must be there. Answers how many want that second look.
 */
export async function watchHeld(context: WatchingContext, cursor: { after: string }): Promise<{ pending: number }> {
  const { pool, program } = context;
  const { rows } = await pool.query<DepositRow>(standing, [cursor.after]);
  if (rows.length === 0) return { pending: 0 };
  const { operator, ...state } = await readWithOperator(context, rows.map(({ address }) => parseAddress(address)));
  // One that can't be judged must not keep the next hundreds from being looked at.
  const last = rows.findLast(({ doubted_slot: doubted }) => doubted === null)?.address;
  cursor.after = rows.length < mostPerRound ? '' : (last ?? cursor.after);
  let [hidden, pending] = [0, 0];
  await each(rows.entries(), async ([index, row]) => {
    const deposit = sameIn(row, state.accounts[index], program);
    if (deposit === undefined && state.time < BigInt(Math.floor(row.stands_until.getTime() / 1000))) hidden++;
    else if (await look(context, row, deposit, { ...state, operator }) === 'again') pending++;
  });
  if (hidden > 0) throw new DoubloonError('CHAIN_ANSWER_MALFORMED', { call: 'getMultipleAccounts', problem: `it leaves out ${String(hidden)} deposits that can't be gone` });
  return { pending };
}

async function look(context: WatchingContext, row: DepositRow, deposit: Deposit | undefined, state: FinalState & { operator: Operator }): Promise<'again' | 'done'> {
  const { pool } = context;
  const at = context.now();
  const seen = deposit && seenIn(deposit, state.operator);
  // A state from before is no news, and no doubt either.
  const changed = seen === undefined ? closeDeposit(depositOf(row), at) : watchDeposit(depositOf(row), seen, at);
  // What was done and undone between two looks leaves nothing but its count, which the next transaction has to name.
  const isCounted = seen !== undefined && seen.sequence > BigInt(row.sequence);
  if (changed.length === 0 && !isCounted) {
    if (row.doubted_slot !== null) await pool.query(noteDoubt, [row.address, null, null]);
    if (seen?.award !== undefined && !seen.isVoid) await pool.query(noteFinal, [row.address, seen.award.finalAt, claimsUntil(deposit, state.operator)]);
    await noteStanding(context, row, deposit, state.time);
    return 'done';
  }
  const sequence = seen?.sequence ?? null;
  const isTheSame = row.doubted_sequence === (sequence === null ? null : String(sequence));
  const found = secondLook(row.doubted_slot === null || !isTheSame ? undefined : BigInt(row.doubted_slot), state);
  if (!found.believed) {
    if (found.remember !== undefined) await pool.query(noteDoubt, [row.address, found.remember, sequence]);
    return 'again';
  }
  if (changed.length === 0) {
    await pool.query(noteSequence, [row.address, sequence]);
    return 'done';
  }
  if (seen === undefined && (await isListed(context, row))) return 'again';
  failpoint('deposit-seen-changed');
  const standsUntil = deposit?.endedAt === undefined ? undefined : instant(deposit.endedAt + terms.lingerSeconds);
  const settlements = await settlementsOf(context, row, changed);
  await record(context, row, { slot: state.slot, standsUntil, settlements }, (known) => (seen === undefined ? closeDeposit(known, at) : watchDeposit(known, seen, at)));
  failpoint('deposit-change-kept');
  return 'done';
}

function claimsUntil(deposit: Deposit | undefined, operator: Operator): Date | null {
  const until = deposit?.award && claimableUntil(deposit.award, operator);
  return until === undefined ? null : instant(until);
}

const noteStands = 'update deposit set stands_until = $2 where address = $1 and not gone';

/** While it holds money it can't be gone for a week, which is written once a day; once that has left, not for a week from then, exactly. */
async function noteStanding({ pool }: WatchingContext, row: DepositRow, deposit: Deposit | undefined, time: bigint): Promise<void> {
  if (deposit === undefined) return;
  const until = instant((deposit.endedAt ?? time) + terms.lingerSeconds);
  if (Math.abs(until.getTime() - row.stands_until.getTime()) > (deposit.endedAt === undefined ? day : 0)) await pool.query(noteStands, [row.address, until]);
}

/** The deposit that was credited; `undefined` when it is not there, whatever stands at its address instead. */
function sameIn({ created_slot: createdSlot }: DepositRow, account: ChainAccount | undefined, program: Address): Deposit | undefined {
  const deposit = account && depositIn(account, program);
  return String(deposit?.createdSlot) === createdSlot ? deposit : undefined;
}

/** Asks in another way than by address, which nodes answer from another index. */
async function isListed({ chain, program, operator }: WatchingContext, row: DepositRow): Promise<boolean> {
  const nonce = new Uint8Array(8);
  new DataView(nonce.buffer).setBigUint64(0, BigInt(row.nonce), true);
  const listed = await chain.programAccounts(program, depositsOf(operator, nonce), 'finalized');
  return listed.some(({ address, account }) => address === row.address && sameIn(row, account, program) !== undefined);
}

/** Row, offer and events in one transaction, judged again under the lock: of two processes that look, one tells. */
async function record({ pool, log, changed }: WatchingContext, { address, funder, offer_id: offerId }: DepositRow, { slot, standsUntil, settlements }: { slot: bigint; standsUntil: Date | undefined; settlements: Settlements }, decide: (known: ReturnType<typeof depositOf>) => readonly DepositEvent[]): Promise<void> {
  const offer = await offerById(pool, offerId);
  if (offer === undefined) return;
  const { events } = await inTransaction(pool, (db) => changeOffer(db, offer, { details: { funder, settlements } }, async (bounty) => {
    const known = bounty.deposits.get(address);
    const decided = known === undefined ? [] : decide(known);
    if (known !== undefined && decided.length > 0) await writeDeposit(db, decided.reduce(evolveDeposit, known), slot);
    // With its end, or it would be taken for one that can be closed by now.
    if (standsUntil !== undefined) await db.query(noteStands, [address, standsUntil]);
    if (decided.length > 0) await keepSettlements(db, address, settlements);
    return decided;
  }));
  for (const { type } of events) {
    changed(type);
    log.info({ offerId, deposit: address, type }, 'deposit changed');
  }
}
