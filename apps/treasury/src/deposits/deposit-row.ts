import type { ClientBase, Pool } from 'pg';
import type { Decider, Deposit, DepositState, OfferId, OfferState } from '@doubloon/domain';
import type { PayeeStanding } from '../relayer/look-at-payees.ts';

/** A share, how it was settled where that was seen, and what is known of whom it waits for: instants are RFC 3339. */
export interface ShareColumns {
  readonly githubId: string;
  readonly bps: number;
  readonly amount: string;
  readonly settled: 'paid' | 'refunded' | null;
  readonly signature: string | null;
  readonly wallet: string | null;
  readonly standing: PayeeStanding | null;
  readonly countsFrom: string | null;
  /** Why the relayer does not pay it. */
  readonly problem: string | null;
}

/** A deposit with the shares of the award that stands. Ids and amounts are decimal text. */
export interface DepositRow {
  readonly address: string;
  readonly created_slot: string;
  readonly offer_id: string;
  readonly offer_state: OfferState;
  /** The repository and issue that it carries. */
  readonly repository_id: string;
  readonly issue_id: string;
  readonly funder: string;
  readonly denom: string;
  readonly decimals: number;
  readonly mint: string | null;
  readonly nonce: string;
  readonly amount: string;
  readonly deadline: Date;
  readonly with_relayer: boolean;
  readonly approver: string | null;
  readonly signature: string | null;
  readonly slot: string;
  readonly seen_at: Date;
  readonly state: DepositState;
  readonly sequence: string;
  readonly vetoed: boolean;
  readonly awarded_by: readonly Decider[] | null;
  readonly awarded_at: Date | null;
  readonly final_at: Date | null;
  readonly gone: boolean;
  readonly stands_until: Date;
  readonly doubted_slot: string | null;
  readonly doubted_sequence: string | null;
  /** Until when its shares can be claimed; null before the operator's account was read for it. */
  readonly claimable_until: Date | null;
  /** The transaction that sent all of it back, where that was seen. */
  readonly returned_by: string | null;
  readonly shares: readonly ShareColumns[];
}

/** What a query of deposits selects and from where; its conditions see the deposit as `d` and its offer as `o`. */
export const deposits = `
  select d.address, d.created_slot, d.offer_id, o.state as offer_state, o.repository_id, o.issue_id, d.seen_at, d.funder, o.denom, o.decimals, o.mint, o.nonce, d.amount, d.deadline, d.with_relayer, d.approver, d.signature, d.slot,
    d.state, d.sequence, d.vetoed, d.awarded_by, d.awarded_at, d.final_at, d.gone, d.stands_until, d.doubted_slot, d.doubted_sequence, d.claimable_until,
    (select signature from settlement where deposit = d.address and place = -1) as returned_by,
    coalesce((
      select json_agg(json_build_object('githubId', s.github_id::text, 'bps', s.bps, 'amount', s.amount::text, 'settled', s.settled, 'signature', t.signature, 'wallet', t.wallet, 'standing', p.standing, 'countsFrom', p.counts_from,
        'problem', (select problem from relayer_intent i where i.action = 'payout' and i.deposit = d.address and coalesce(i.share, -1) = s.place and i.decision is null and i.state in ('waiting', 'alive'))) order by s.place)
      from award_share s left join settlement t on t.deposit = s.deposit and t.place = s.place left join payee p on p.github_id = s.github_id
      where s.deposit = d.address), '[]'::json) as shares
  from deposit d join offer o on o.id = d.offer_id`;

/** The deposit as the domain sees it. */
export function depositOf(row: DepositRow): Deposit {
  const { address, funder, denom, state, awarded_by: by, awarded_at: awardedAt, final_at: finalAt } = row;
  const shares = row.shares.map(({ githubId, bps, amount, settled }) => ({ githubId, bps, amount: BigInt(amount), ...(settled === null ? {} : { settled }) }));
  return {
    address, offer: row.offer_id as OfferId, funder, denom, amount: BigInt(row.amount), state, sequence: BigInt(row.sequence),
    ...(row.vetoed ? { vetoed: true } : {}),
    ...(by === null || awardedAt === null || finalAt === null ? {} : { award: { by, awardedAt, finalAt, shares } }),
    ...(row.gone ? { gone: true } : {}),
  };
}

const update = `
  update deposit set state = $2, sequence = $3, vetoed = $4, awarded_by = $5, awarded_at = $6, final_at = $7, gone = $8, slot = greatest(slot, $9), doubted_slot = null, doubted_sequence = null
  where address = $1`;
const forget = 'delete from award_share where deposit = $1';
const share = 'insert into award_share (deposit, place, github_id, bps, amount, settled) values ($1, $2, $3, $4, $5, $6)';

/** Writes what events have made of a deposit; `slot` is that of the finalized state it was read at. */
export async function writeDeposit(db: ClientBase, { address, state, sequence, vetoed, award, gone }: Deposit, slot: bigint): Promise<void> {
  await db.query(update, [address, state, sequence, vetoed === true, award?.by ?? null, award?.awardedAt ?? null, award?.finalAt ?? null, gone === true, slot]);
  await db.query(forget, [address]);
  for (const [place, { githubId, bps, amount, settled }] of (award?.shares ?? []).entries()) await db.query(share, [address, place, githubId, bps, amount, settled ?? null]);
}

const ofOffer = `${deposits} where d.offer_id = $1 order by d.seen_at, d.address`;

/** The deposits that were made for an offer, the oldest first. */
export async function depositsOfOffer(db: ClientBase | Pool, offerId: string): Promise<readonly DepositRow[]> {
  return (await db.query<DepositRow>(ofOffer, [offerId])).rows;
}

const byAddress = `${deposits} where d.address = $1`;

/** `undefined` when none of that address was ever credited. */
export async function depositByAddress(db: ClientBase | Pool, address: string): Promise<DepositRow | undefined> {
  return (await db.query<DepositRow>(byAddress, [address])).rows[0];
}

const mostOfBounty = 500;
const ofBounty = `select one.* from (
  ${deposits} join places_of($1, $2) p on p.repository_id = o.repository_id and p.issue_id = o.issue_id
  order by d.state not in ('held', 'awarded'), row_number() over (partition by d.state in ('held', 'awarded'), o.denom, o.mint order by d.amount desc, o.place, d.address), o.place, d.address limit ${String(mostOfBounty)}
) one join offer o on o.id = one.offer_id order by o.place, one.seen_at, one.address`;

/** The deposits of an issue, under all ids that it had, in the order of their offers: of more than 500 those with money first, and of each currency the largest, so that neither what is over nor dust hides anything. */
export async function depositsOfBounty(db: ClientBase | Pool, { repositoryId, issueId }: { repositoryId: string; issueId: string }): Promise<readonly DepositRow[]> {
  return (await db.query<DepositRow>(ofBounty, [repositoryId, issueId])).rows;
}
