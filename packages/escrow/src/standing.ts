import type { Deposit, Identity, Operator } from './accounts.ts';
import type { Address } from './address.ts';
import { mostDisablings } from './layout.ts';
import { terms } from './terms.ts';

type Epochs = Pick<Operator, 'relayerEpoch' | 'relayerDisabledAt' | 'attestorEpoch' | 'attestorDisabledAt'>;

const endOf = (disabledAt: readonly bigint[], epoch: bigint): bigint => disabledAt[Number(epoch % BigInt(mostDisablings))] ?? 0n;

// What an attestor of an epoch said is void when that epoch was ended before it settled.
const attestedInVain = (operator: Epochs, epoch: bigint, since: bigint): boolean =>
  epoch !== operator.attestorEpoch && endOf(operator.attestorDisabledAt, epoch) < since + terms.coolDownSeconds;

/** Where the money of a GitHub user can go; `undefined` in all but the last case. */
export type Standing = { readonly kind: 'nobody' | 'waiting' | 'contested' } | { readonly kind: 'wallet'; readonly wallet: Address };

/** The change that is under way, or has matured; none when the attestor was disabled within its cool-down. */
export const pendingChange = ({ pending }: Identity, operator: Epochs): Identity['pending'] => (pending !== undefined && !attestedInVain(operator, pending.epoch, pending.since) ? pending : undefined);

/**
 * The one rule of who is paid for a GitHub user, the same as the program's: nobody without a link (or when the attestor
 * was disabled within its cool-down), nobody yet while a link or a change cools down, nobody while the old wallet
 * objects to a change. `undefined` is an identity account that is not there; `now` is the chain's clock.
 */
export function effectiveWallet(identity: Identity | undefined, operator: Epochs, now: bigint): Standing {
  if (identity?.state !== 'linked' || attestedInVain(operator, identity.attestorEpoch, identity.linkedAt)) return { kind: 'nobody' };
  const pending = pendingChange(identity, operator);
  if (pending !== undefined) {
    if (identity.contested) return { kind: 'contested' };
    return now < pending.since + terms.coolDownSeconds ? { kind: 'waiting' } : { kind: 'wallet', wallet: pending.wallet };
  }
  if (identity.contestedBefore) return { kind: 'contested' };
  return now < identity.linkedAt + terms.coolDownSeconds ? { kind: 'waiting' } : { kind: 'wallet', wallet: identity.wallet };
}

/**
 * From which second on an award is final, `undefined` if it is void. An end of the relayer before that voids what the
 * relayer decided alone; what another key decided alone waits until a next relayer had its time to start and to veto.
 */
export function awardFinalAt(award: NonNullable<Deposit['award']>, operator: Epochs): bigint | undefined {
  let { finalAt } = award;
  for (let epoch = award.epoch; epoch < operator.relayerEpoch; epoch++) {
    const endedAt = endOf(operator.relayerDisabledAt, epoch);
    if (endedAt >= finalAt) continue;
    if (award.by.length === 1 && award.by[0] === 'relayer') return undefined;
    finalAt = endedAt + terms.keyActivationSeconds + terms.windowSeconds;
  }
  return finalAt;
}

/** What a deposit's award is worth now: `void` was made by the relayer alone, whose key was disabled before it was final. */
export function awardStanding(deposit: Pick<Deposit, 'state' | 'award'>, operator: Epochs, now: bigint): 'none' | 'void' | 'pending' | 'final' {
  const { award } = deposit;
  if (deposit.state !== 'awarded' || award === undefined) return 'none';
  if (award.shares.some(({ settled }) => settled !== undefined)) return 'final';
  const finalAt = awardFinalAt(award, operator);
  if (finalAt === undefined) return 'void';
  return now < finalAt ? 'pending' : 'final';
}

/** From which second on an unclaimed share of a final award goes back: the time to claim starts again with each end of the attestor. */
export function claimableUntil(award: NonNullable<Deposit['award']>, operator: Epochs): bigint | undefined {
  const finalAt = awardFinalAt(award, operator);
  const attestorEnded = endOf(operator.attestorDisabledAt, operator.attestorEpoch - 1n);
  return finalAt === undefined ? undefined : (attestorEnded > finalAt ? attestorEnded : finalAt) + terms.claimSeconds;
}

/** The key in force: a scheduled one takes over by itself. `undefined` while it is disabled. */
export function keyInForce(operator: Operator, key: 'relayer' | 'attestor', now: bigint): Address | undefined {
  const next = key === 'relayer' ? operator.nextRelayer : operator.nextAttestor;
  return next !== undefined && now >= next.at ? next.key : operator[key];
}
