import { addressBytes, depositLayout, type Address } from '@doubloon/escrow';
import { readFinal } from '@doubloon/escrow/chain';
import { creditDeposit, depositIn, readingProgramOnce, type WatchingContext } from './credit-deposit.ts';
import { each } from '../each.ts';
import { judgeDeposit, type OfferTerms } from './judge-deposit.ts';

const ours = "select address, created_slot, state not in ('held', 'awarded') as is_over from deposit";
const offersOf = 'select repository_id, issue_id, nonce, mint, amount from offer where nonce = any ($1::numeric[])';
// The next scan goes on where this one ended, since what is credited is known then.
const mostCredits = 500;

export interface Scan {
  /** Deposits under other terms, or of no offer of ours: never counted. */
  readonly unverified: number;
  /** Deposits that we hold to be over, and whose money the chain holds to be there: for a person to look at. */
  readonly disputed: number;
  /** Deposits that are there and not final yet. */
  readonly pending: number;
}

/**
 * Compares all deposits of our operator on the chain with our rows, and credits what was missed. The list says where to
 * look: what is credited is read again by its address. What of ours is not in the list is left to `watchHeld`. The nonces of
 * what has no offer of ours are left in `unclaimed`: the offer may be opened later.
 */
export async function scanDeposits(context: WatchingContext, unclaimed = new Set<string>()): Promise<Scan> {
  const { pool, chain, program, operator, log } = context;
  const known = new Map((await pool.query<{ address: Address; created_slot: string; is_over: boolean }>(ours)).rows.map((row) => [row.address, row]));
  const listed = (await chain.programAccounts(program, depositsOf(operator), 'finalized')).flatMap(({ address, account }) => {
    const deposit = depositIn(account, program);
    return deposit === undefined ? [] : [{ address, deposit }];
  });

  const disputed = listed.filter(({ address, deposit }) => {
    const row = known.get(address);
    return row?.is_over === true && deposit.endedAt === undefined && String(deposit.createdSlot) === row.created_slot;
  });
  for (const { address } of disputed) log.error({ deposit: address }, 'a deposit holds its money on the chain that we hold to be over');

  const unknown = listed.filter(({ address }) => !known.has(address));
  const offers = Map.groupBy((await pool.query<OfferTerms>(offersOf, [unknown.map(({ deposit }) => String(deposit.nonce))])).rows, ({ nonce }) => nonce);
  unclaimed.clear();
  for (const { deposit: { nonce } } of unknown) if (!offers.has(String(nonce))) unclaimed.add(String(nonce));
  // Anybody can make deposits that never count, as many as they like: those are not read again, or they would keep others from being read.
  const candidates = unknown.filter(({ address, deposit }) => offers.get(String(deposit.nonce))?.some((offer) => judgeDeposit(deposit, address, { program, operator, offer }) === undefined));
  let pending = 0;
  let unverified = unknown.length - candidates.length;
  if (candidates.length > 0) {
    const batch = candidates.slice(0, mostCredits);
    const final = await readFinal(context, batch.map(({ address }) => address));
    const inRound = readingProgramOnce(context);
    await each(batch.entries(), async ([index, { address }]) => {
      const account = final.accounts[index];
      const credit = account && (await creditDeposit(inRound, address, account, final));
      if (credit?.kind === 'not-final') pending++;
      if (credit?.kind !== 'unverified') return;
      unverified++;
      log.debug({ deposit: address, problem: credit.problem }, 'deposit is not counted');
    });
  }
  return { unverified, disputed: disputed.length, pending };
}

/** What the deposits of an operator have in common; with a nonce, those of one offer. */
export const depositsOf = (operator: Address, nonce?: Uint8Array) => ({
  dataSize: depositLayout.size,
  memcmp: [
    { offset: 0, bytes: Uint8Array.of(depositLayout.discriminator) },
    { offset: depositLayout.fields.operator.offset, bytes: addressBytes(operator) },
    ...(nonce === undefined ? [] : [{ offset: depositLayout.fields.nonce.offset, bytes: nonce }]),
  ],
});
