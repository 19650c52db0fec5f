import { isHeld, type Award, type AwardedShare, type Deposit, type DepositEvent } from './deposit.ts';

/** What the account of a deposit says in finalized state. */
export interface SeenDeposit {
  readonly state: 'held' | 'awarded' | 'paid' | 'refunded' | 'cancelled';
  readonly sequence: bigint;
  readonly vetoed: boolean;
  readonly award?: Award;
  /** Whether its award is worth nothing, because the relayer's key was ended before it was final. */
  readonly isVoid: boolean;
}

/**
 * What has happened to a deposit since it was last seen, by what its account says now, in order and each once: the account
 * counts its changes, so that an award that was undone and made again is told from one that stayed. What was undone
 * between two looks is not in the account any more, except that it was vetoed. Nothing for a state from before.
 */
export function watchDeposit(known: Deposit, seen: SeenDeposit, at: Date): DepositEvent[] {
  const { sequence } = seen;
  if (sequence < known.sequence || !isHeld(known)) return [];
  const to = { deposit: known.address, sequence, at };
  const award = seen.isVoid ? undefined : seen.award;
  const settled = award?.shares.flatMap((share, index) => (share.settled === undefined || known.award?.shares[index]?.settled !== undefined ? [] : [{ index, how: share.settled }])) ?? [];
  const stays = known.award !== undefined && award !== undefined && sequence - known.sequence === BigInt(settled.length) && isSame(known.award, award);

  const events: DepositEvent[] = [];
  const wasVetoed = seen.vetoed && known.vetoed !== true;
  if (wasVetoed) events.push({ type: 'vetoed', ...to, reason: 'vetoed' });
  else if (known.award !== undefined && !stays) events.push({ type: 'vetoed', ...to, reason: seen.isVoid && sequence === known.sequence ? 'void' : 'withdrawn' });
  if (award !== undefined && !stays) events.push({ type: 'awarded', ...to, award: { ...award, shares: award.shares.map(unsettled) } });
  for (const { index, how } of settled) events.push({ type: how, ...to, share: index });
  if (award === undefined && (seen.state === 'refunded' || seen.state === 'cancelled')) events.push({ type: seen.state, ...to });
  return events;
}

/** The account of a deposit is gone: it is closed a week after its end at the earliest, which somebody saw or nobody did. */
export const closeDeposit = (known: Deposit, at: Date): DepositEvent[] => (known.gone ? [] : [{ type: 'closed', deposit: known.address, sequence: known.sequence, at }]);

const unsettled = ({ settled: _settled, ...share }: AwardedShare): AwardedShare => share;

const isSame = (one: Award, other: Award): boolean =>
  one.awardedAt.getTime() === other.awardedAt.getTime() && one.by.join() === other.by.join() && one.shares.length === other.shares.length &&
  one.shares.every(({ githubId, bps }, index) => other.shares[index]?.githubId === githubId && other.shares[index]?.bps === bps);
