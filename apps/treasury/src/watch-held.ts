import { refundDeposit } from '@doubloon/domain';
import { DoubloonError } from '@doubloon/errors';
import { terms, type Address, type Deposit } from '@doubloon/escrow';
import { readFinal, secondLook, type ChainAccount } from '@doubloon/escrow/chain';
import { inTransaction } from '@doubloon/postgres';
import { changeOffer } from './change-offer.ts';
import { depositIn, type WatchingContext } from './credit-deposit.ts';
import { offerById } from './offer-row.ts';
import { depositsOf } from './scan-deposits.ts';

interface Held {
  readonly address: Address;
  readonly created_slot: string;
  readonly offer_id: string;
  readonly funder: string;
  readonly deadline: Date;
  readonly doubted_slot: string | null;
  readonly nonce: string;
}

const mostPerRound = 400;
const held = `
  select d.address, d.created_slot, d.offer_id, d.funder, d.deadline, d.doubted_slot, o.nonce from deposit d join offer o on o.id = d.offer_id
  where d.state = 'held' and (d.doubted_slot is not null or d.address > $1) order by d.doubted_slot is null, d.address limit ${String(mostPerRound)}`;
const noteDoubt = "update deposit set doubted_slot = $2 where address = $1 and state = 'held'";

/**
 * Sees which deposits no longer hold their money, some hundreds of addresses after the cursor, which goes on. What a deposit
 * says of itself is believed when a second look at a later final state finds the same; that it is not there, only after
 * the program can have closed it, and when the node does not list it either. CHAIN_ANSWER_MALFORMED, after all others were
 * looked at, when the node leaves out one that must be there.
 */
export async function watchHeld(context: WatchingContext, cursor: { after: string }): Promise<void> {
  const { pool, program } = context;
  const { rows } = await pool.query<Held>(held, [cursor.after]);
  if (rows.length === 0) return;
  const state = await readFinal(context, rows.map(({ address }) => address));
  let hidden = 0;
  for (const [index, row] of rows.entries()) {
    const deposit = sameIn(row, state.accounts[index], program);
    if (deposit !== undefined && deposit.state !== 'refunded') {
      if (row.doubted_slot !== null) await pool.query(noteDoubt, [row.address, null]);
    } else if (deposit === undefined && state.time < closableFrom(row)) {
      hidden++;
    } else {
      const look = secondLook(row.doubted_slot === null ? undefined : BigInt(row.doubted_slot), state);
      if (look.believed && (deposit !== undefined || !(await isListed(context, row)))) await markReturned(context, row);
      else if (!look.believed && look.remember !== undefined) await pool.query(noteDoubt, [row.address, look.remember]);
    }
  }
  const last = rows.findLast(({ doubted_slot: doubted }) => doubted === null)?.address;
  cursor.after = rows.length < mostPerRound ? '' : (last ?? cursor.after);
  if (hidden > 0) throw new DoubloonError('CHAIN_ANSWER_MALFORMED', { call: 'getMultipleAccounts', problem: `it leaves out ${String(hidden)} deposits that can't be gone` });
}

/** Unix seconds from which on the account of a deposit may be gone: it stands for a while after its end, and a refund is its only end so far. */
const closableFrom = ({ deadline }: Held): bigint => BigInt(deadline.getTime() / 1000) + terms.graceSeconds + terms.lingerSeconds;

/** The deposit that was credited; `undefined` when it is not there, whatever stands at its address instead. */
function sameIn({ created_slot: createdSlot }: Held, account: ChainAccount | undefined, program: Address): Deposit | undefined {
  const deposit = account && depositIn(account, program);
  return String(deposit?.createdSlot) === createdSlot ? deposit : undefined;
}

/** Asks in another way than by address, which nodes answer from another index. */
async function isListed({ chain, program, operator }: WatchingContext, row: Held): Promise<boolean> {
  const nonce = new Uint8Array(8);
  new DataView(nonce.buffer).setBigUint64(0, BigInt(row.nonce), true);
  const listed = await chain.programAccounts(program, depositsOf(operator, nonce), 'finalized');
  return listed.some(({ address, account }) => address === row.address && sameIn(row, account, program) !== undefined);
}

const settleDeposit = "update deposit set state = 'refunded' where address = $1";

async function markReturned({ pool, log, now, returned }: WatchingContext, { address, funder, offer_id: offerId }: Held): Promise<void> {
  const known = await offerById(pool, offerId);
  if (known === undefined) return;
  const { events } = await inTransaction(pool, (db) => changeOffer(db, known, { details: { funder } }, async (bounty) => {
    const decided = refundDeposit(bounty, { deposit: address, at: now() });
    if (decided.length > 0) await db.query(settleDeposit, [address]);
    return decided;
  }));
  if (events.length === 0) return;
  returned();
  log.info({ offerId, deposit: address }, 'deposit went back to its funder');
}
