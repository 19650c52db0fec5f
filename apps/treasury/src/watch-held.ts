import { refundDeposit } from '@doubloon/domain';
import type { Address, Deposit } from '@doubloon/escrow';
import { inTransaction } from '@doubloon/postgres';
import { changeOffer } from './change-offer.ts';
import { readFinal } from './cluster.ts';
import { depositIn, type WatchingContext } from './credit-deposit.ts';
import { offerById } from './offer-row.ts';
import { depositsOf } from './scan-deposits.ts';
import { secondLook } from './second-look.ts';

interface Held {
  readonly address: Address;
  readonly created_slot: string;
  readonly offer_id: string;
  readonly funder: string;
  readonly doubted_slot: string | null;
  readonly nonce: string;
}

const mostPerRound = 400;
const held = `
  select d.address, d.created_slot, d.offer_id, d.funder, d.doubted_slot, o.nonce from deposit d join offer o on o.id = d.offer_id
  where d.state = 'held' and (d.doubted_slot is not null or d.address > $1) order by d.doubted_slot is null, d.address limit ${String(mostPerRound)}`;
const noteDoubt = "update deposit set doubted_slot = $2 where address = $1 and state = 'held'";

/**
 * Sees which deposits no longer hold their money, some hundreds of addresses after `after`; answers where the next round
 * goes on. What a deposit says of itself is believed when a second look at a later final state finds the same; that it is
 * not there, only when the node does not list it either.
 */
export async function watchHeld(context: WatchingContext, after: string): Promise<string> {
  const { pool, program } = context;
  const { rows } = await pool.query<Held>(held, [after]);
  if (rows.length === 0) return '';
  const state = await readFinal(context, rows.map(({ address }) => address));
  for (const [index, row] of rows.entries()) {
    const account = state.accounts[index];
    const deposit = account && depositIn(account, program);
    if (stands(row, deposit)) {
      if (row.doubted_slot !== null) await pool.query(noteDoubt, [row.address, null]);
      continue;
    }
    const look = secondLook(row.doubted_slot === null ? undefined : BigInt(row.doubted_slot), state);
    if (look.believed && (deposit !== undefined || !(await isListed(context, row)))) await markReturned(context, row);
    else if (!look.believed && look.remember !== undefined) await pool.query(noteDoubt, [row.address, look.remember]);
  }
  const next = rows.filter(({ doubted_slot: doubted }) => doubted === null);
  return rows.length < mostPerRound ? '' : (next.at(-1)?.address ?? after);
}

const stands = ({ created_slot: createdSlot }: Held, deposit: Deposit | undefined): boolean => deposit !== undefined && deposit.state !== 'refunded' && String(deposit.createdSlot) === createdSlot;

/** Asks in another way than by address, which nodes answer from another index. */
async function isListed({ chain, program, operator }: WatchingContext, row: Held): Promise<boolean> {
  const nonce = new Uint8Array(8);
  new DataView(nonce.buffer).setBigUint64(0, BigInt(row.nonce), true);
  const listed = await chain.programAccounts(program, depositsOf(operator, nonce), 'finalized');
  return listed.some(({ address, account }) => address === row.address && stands(row, depositIn(account, program)));
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
