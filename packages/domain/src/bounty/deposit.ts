import type { OfferId } from '../ids.ts';

/** Who may decide on a deposit. */
export type Decider = 'funder' | 'relayer' | 'approver';

/** What a share of an award is and has become. `amount` in base units; those of an award add up to its deposit's. */
export interface AwardedShare {
  /** Numeric id of the GitHub user. */
  readonly githubId: string;
  readonly bps: number;
  readonly amount: bigint;
  readonly settled?: 'paid' | 'refunded';
}

export interface Award {
  readonly shares: readonly AwardedShare[];
  readonly by: readonly Decider[];
  readonly awardedAt: Date;
  /** From when on it can't be vetoed, as it was made; the end of a key of the operator can put it off. */
  readonly finalAt: Date;
}

/** `closed`: its account is gone, and nobody here saw how its money left. */
export type DepositState = 'held' | 'awarded' | 'paid' | 'refunded' | 'cancelled' | 'closed';

export interface Deposit {
  /** base58 address of the account on chain. */
  readonly address: string;
  readonly offer: OfferId;
  readonly funder: string;
  readonly denom: string;
  /** Base units. */
  readonly amount: bigint;
  readonly state: DepositState;
  /** How often the account had changed when it was last seen. */
  readonly sequence: bigint;
  /** Another decider undid an award: from then on one key alone never decides on it again. */
  readonly vetoed?: true;
  readonly award?: Award;
  /** The account is gone. */
  readonly gone?: true;
}

export type DepositEvent =
  | { readonly type: 'awarded'; readonly deposit: string; readonly sequence: bigint; readonly award: Award; readonly at: Date }
  /** `withdrawn`: by whoever made the award; `void`: by the end of the relayer's key. */
  | { readonly type: 'vetoed'; readonly deposit: string; readonly sequence: bigint; readonly reason: 'vetoed' | 'withdrawn' | 'void'; readonly at: Date }
  | { readonly type: 'paid'; readonly deposit: string; readonly sequence: bigint; readonly share: number; readonly at: Date }
  /** Of one share, or of a deposit that nobody was awarded. */
  | { readonly type: 'refunded'; readonly deposit: string; readonly sequence: bigint; readonly share?: number; readonly at: Date }
  | { readonly type: 'cancelled'; readonly deposit: string; readonly sequence: bigint; readonly at: Date }
  | { readonly type: 'closed'; readonly deposit: string; readonly sequence: bigint; readonly at: Date };

/** Whether money of it is in escrow. */
export const isHeld = ({ state }: Pick<Deposit, 'state'>): boolean => state === 'held' || state === 'awarded';

/** Base units of a deposit by where they are now. They always add up to its amount. */
export function whereabouts(deposit: Deposit): { readonly held: bigint; readonly paid: bigint; readonly returned: bigint; readonly unknown: bigint } {
  const { state, amount, award } = deposit;
  const sum = (settled: AwardedShare['settled']): bigint => (award?.shares ?? []).reduce((total, share) => (share.settled === settled ? total + share.amount : total), 0n);
  const [paid, back] = [sum('paid'), sum('refunded')];
  const left = amount - paid - back;
  const nothing = { held: 0n, paid, returned: back, unknown: 0n };
  if (state === 'closed') return { ...nothing, unknown: left };
  return isHeld(deposit) ? { ...nothing, held: left } : { ...nothing, returned: back + left };
}

/** The deposit after an event of it. What has ended stays as it ended; its account can only go. */
export function evolveDeposit(deposit: Deposit, event: DepositEvent): Deposit {
  const { sequence } = event;
  if (event.type === 'closed') return { ...deposit, sequence, gone: true, state: isHeld(deposit) ? 'closed' : deposit.state };
  if (!isHeld(deposit)) return deposit;
  switch (event.type) {
    case 'awarded':
      return hasLeft(deposit) ? deposit : { ...deposit, sequence, state: 'awarded', award: event.award };
    case 'vetoed':
      return hasLeft(deposit) ? deposit : { ...withoutAward(deposit), sequence, state: 'held', ...(event.reason === 'vetoed' || deposit.vetoed ? { vetoed: true } : {}) };
    case 'paid':
      return settled(deposit, event.share, 'paid', sequence);
    case 'refunded':
      if (event.share !== undefined) return settled(deposit, event.share, 'refunded', sequence);
      return deposit.award === undefined ? { ...deposit, sequence, state: 'refunded' } : deposit;
    case 'cancelled':
      return deposit.award === undefined ? { ...deposit, sequence, state: 'cancelled' } : deposit;
  }
}

const withoutAward = ({ award: _award, ...deposit }: Deposit): Deposit => deposit;

/** Once a share has gone, an award stands. */
const hasLeft = ({ award }: Deposit): boolean => award?.shares.some(({ settled: how }) => how !== undefined) ?? false;

// The last share ends the deposit: as paid, when anybody was.
function settled(deposit: Deposit, index: number, how: 'paid' | 'refunded', sequence: bigint): Deposit {
  const { award } = deposit;
  const share = award?.shares[index];
  if (award === undefined || share === undefined || share.settled !== undefined) return deposit;
  const shares = award.shares.with(index, { ...share, settled: how });
  const isOver = shares.every((one) => one.settled !== undefined);
  const state = !isOver ? 'awarded' : shares.some((one) => one.settled === 'paid') ? 'paid' : 'refunded';
  return { ...deposit, sequence, state, award: { ...award, shares } };
}
