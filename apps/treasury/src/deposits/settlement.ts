import type { ClientBase } from 'pg';
import type { DepositEvent } from '@doubloon/domain';
import { instructionNumbers, parseTransaction, type Address } from '@doubloon/escrow';
import type { WatchingContext } from './credit-deposit.ts';
import type { DepositRow } from './deposit-row.ts';

/** The transaction that settled a share, or at place -1 sent a whole deposit back, and the wallet that a share was paid to. */
export type Settlements = ReadonlyMap<number, { readonly signature: string; readonly wallet: string | undefined }>;

export const wholeDeposit = -1;

// Those that went through us, newest first: the relayer's own, and what people signed on our pages.
const candidates = `
  select signature, transaction from relayer_transaction t where state not in ('expired', 'failed') and (
    exists (select from relayer_intent i where i.signature = t.signature and i.deposit = $1 and i.created_slot = $2 and coalesce(i.share, -1) = $3 and i.action in ('payout', 'refund', 'refund-share', 'cancel'))
    or exists (select from deposit_step s where s.signature = t.signature and s.deposit = $1 and coalesce(s.share, -1) = $3 and s.step in ('payout', 'refund', 'refund-share', 'cancel')))
  order by built_at desc limit 8`;
const keep = 'insert into settlement (deposit, place, signature, wallet) values ($1, $2, $3, $4) on conflict (deposit, place) do nothing';

/**
 * Which of our transactions made what was seen of a deposit; nothing for what others did by themselves. It is for people to
 * look at: that money has left is said by the account alone.
 */
export async function settlementsOf({ pool, chain, program }: Pick<WatchingContext, 'pool' | 'chain' | 'program'>, row: DepositRow, events: readonly DepositEvent[]): Promise<Settlements> {
  const found = new Map<number, { signature: string; wallet: string | undefined }>();
  for (const event of events) {
    if (event.type !== 'paid' && event.type !== 'refunded' && event.type !== 'cancelled') continue;
    const place = event.type === 'cancelled' ? wholeDeposit : (event.share ?? wholeDeposit);
    const { rows } = await pool.query<{ signature: string; transaction: Buffer }>(candidates, [row.address, row.created_slot, place]);
    if (rows.length === 0) continue;
    const statuses = await chain.signatureStatuses(rows.map(({ signature }) => signature), { searchHistory: true });
    const one = rows.find((_, index) => statuses[index]?.commitment === 'finalized' && statuses[index].error === undefined);
    if (one !== undefined) found.set(place, { signature: one.signature, wallet: event.type === 'paid' ? payeeIn(one.transaction, { program, deposit: row.address, share: event.share }) : undefined });
  }
  return found;
}

const walletAt = 3;

/** The wallet that a transaction pays a share to, as its bytes say. */
function payeeIn(transaction: Uint8Array, { program, deposit, share }: { program: Address; deposit: string; share: number }): string | undefined {
  const { instructions } = parseTransaction(transaction);
  return instructions.find(({ program: to, accounts, data }) => to === program && data[0] === instructionNumbers.payout && data[1] === share && accounts[0]?.address === deposit)?.accounts[walletAt]?.address;
}

export async function keepSettlements(db: ClientBase, deposit: string, settlements: Settlements): Promise<void> {
  for (const [place, { signature, wallet }] of settlements) await db.query(keep, [deposit, place, signature, wallet ?? null]);
}
