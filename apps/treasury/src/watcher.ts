import { refundDeposit } from '@doubloon/domain';
import { addressBytes, depositLayout, parseAddress, type Address } from '@doubloon/escrow';
import { inTransaction } from '@doubloon/postgres';
import { changeOffer } from './change-offer.ts';
import { creditDeposit, depositIn, type WatchingContext } from './credit-deposit.ts';
import { offerById } from './offer-row.ts';

// What we handed out lands within its blockhash's life, a minute or two; after that only the scan looks for it. Anybody can
// have transactions built, so that only the newest are worth a look each second.
const freshBuildMs = 15 * 60_000;
const awaited = `
  (select deposit from submission s where state in ('recorded', 'sent', 'confirmed', 'finalized') and not exists (select from deposit d where d.address = s.deposit) order by place limit 1000)
  union
  (select deposit from funding_build b where built_at > $1 and not exists (select from deposit d where d.address = b.deposit) order by id desc limit 200)`;
const held = "select address, created_slot, offer_id, funder, slot from deposit where state = 'held'";
const knownAddresses = 'select address from deposit';

/** Looks, in finalized state, at the addresses where deposits may appear now: what was submitted, and what wallets may have sent themselves. */
export async function watchAwaited(context: WatchingContext): Promise<void> {
  const { pool, chain, now } = context;
  const { rows } = await pool.query<{ deposit: string }>(awaited, [new Date(now().getTime() - freshBuildMs)]);
  if (rows.length === 0) return;
  const addresses = rows.map(({ deposit }) => parseAddress(deposit));
  const finalizedSlot = await chain.slot('finalized');
  const accounts = await chain.accounts(addresses, 'finalized');
  for (const [index, address] of addresses.entries()) {
    const account = accounts[index];
    if (account !== undefined) await creditDeposit(context, address, account, finalizedSlot);
  }
}

/**
 * Compares all deposits of our operator on the chain with our rows: credits what was missed, and sees what went back to its
 * funder. Answers the number of deposits under other terms, which are never counted.
 */
export async function scanDeposits(context: WatchingContext): Promise<{ unverified: number }> {
  const { pool, chain, program, operator, log } = context;
  const { rows } = await pool.query<{ address: Address }>(knownAddresses);
  const known = new Set(rows.map(({ address }) => address));
  const filters = {
    dataSize: depositLayout.size,
    memcmp: [{ offset: 0, bytes: Uint8Array.of(depositLayout.discriminator) }, { offset: depositLayout.fields.operator.offset, bytes: addressBytes(operator) }],
  };
  const finalizedSlot = await chain.slot('finalized');
  let unverified = 0;
  for (const { address, account } of await chain.programAccounts(program, filters, 'finalized')) {
    if (known.has(address)) continue;
    const credit = await creditDeposit(context, address, account, finalizedSlot);
    if (credit.kind !== 'unverified') continue;
    unverified++;
    log.debug({ deposit: address, problem: credit.problem }, 'deposit is not counted');
  }
  await watchHeld(context);
  return { unverified };
}

/** Sees which deposits no longer hold their money. */
export async function watchHeld(context: WatchingContext): Promise<void> {
  const { pool, chain, program } = context;
  const { rows } = await pool.query<{ address: Address; created_slot: string; offer_id: string; funder: string; slot: string }>(held);
  if (rows.length === 0) return;
  // A node that has not come as far says nothing by not having an account.
  const slot = await chain.slot('finalized');
  const accounts = await chain.accounts(rows.map(({ address }) => address), 'finalized', slot);
  for (const [index, row] of rows.entries()) {
    const account = accounts[index];
    const deposit = account && depositIn(account, program);
    const standing = deposit !== undefined && deposit.state !== 'refunded' && String(deposit.createdSlot) === row.created_slot;
    if (!standing && slot >= BigInt(row.slot)) await markReturned(context, { address: row.address, funder: row.funder, offerId: row.offer_id });
  }
}

const settleDeposit = "update deposit set state = 'refunded' where address = $1";

async function markReturned({ pool, log, now, returned }: WatchingContext, { address, funder, offerId }: { address: Address; funder: string; offerId: string }): Promise<void> {
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
