import type { Decider, Deposit, Identity, Operator } from './accounts.ts';
import type { Address } from './address.ts';
import { epochsRemembered } from './layout.ts';
import { terms } from './terms.ts';

type Epochs = Pick<Operator, 'relayerEpoch' | 'relayerDisabledAt' | 'attestorEpoch' | 'attestorDisabledAt'>;

// What a key of an epoch said is void when that epoch was ended before it settled.
function isVoid(current: bigint, disabledAt: readonly bigint[], epoch: bigint, settledAt: bigint): boolean {
  const ended = BigInt.asUintN(64, current - epoch);
  return ended !== 0n && (ended > BigInt(epochsRemembered) || (disabledAt[Number(epoch % BigInt(epochsRemembered))] ?? 0n) < settledAt);
}

const attestedInVain = (operator: Epochs, epoch: bigint, since: bigint): boolean => isVoid(operator.attestorEpoch, operator.attestorDisabledAt, epoch, since + terms.coolDownSeconds);

/** Where the money of a GitHub user can go; `undefined` in all but the last case. */
export type Standing = { readonly kind: 'nobody' | 'waiting' | 'contested' } | { readonly kind: 'wallet'; readonly wallet: Address };

/**
 * The one rule of who is paid for a GitHub user, the same as the program's: nobody without a link (or when the attestor
 * was disabled within its cool-down), nobody yet while a link or a change cools down, nobody while the old wallet
 * objects to a change. `undefined` is an identity account that is not there; `now` is the chain's clock.
 */
export function effectiveWallet(identity: Identity | undefined, operator: Epochs, now: bigint): Standing {
  if (identity?.state !== 'linked' || attestedInVain(operator, identity.attestorEpoch, identity.linkedAt)) return { kind: 'nobody' };
  const { pending } = identity;
  if (pending !== undefined && !attestedInVain(operator, pending.epoch, pending.since)) {
    if (identity.contested) return { kind: 'contested' };
    return now < pending.since + terms.coolDownSeconds ? { kind: 'waiting' } : { kind: 'wallet', wallet: pending.wallet };
  }
  if (identity.contestedBefore) return { kind: 'contested' };
  return now < identity.linkedAt + terms.coolDownSeconds ? { kind: 'waiting' } : { kind: 'wallet', wallet: identity.wallet };
}

/** What a deposit's award is worth now: `void` was made by the relayer alone, whose key was disabled before it was final. */
export function awardStanding(deposit: Pick<Deposit, 'state' | 'award'>, operator: Epochs, now: bigint): 'none' | 'void' | 'pending' | 'final' {
  const { award } = deposit;
  if (deposit.state !== 'awarded' || award === undefined) return 'none';
  const byRelayer = award.by.some((decider: Decider) => decider === 'relayer');
  if (byRelayer && isVoid(operator.relayerEpoch, operator.relayerDisabledAt, award.epoch, award.finalAt)) return 'void';
  return now < award.finalAt ? 'pending' : 'final';
}

/** The key in force: a scheduled one takes over by itself. `undefined` while it is disabled. */
export function keyInForce(operator: Operator, key: 'relayer' | 'attestor', now: bigint): Address | undefined {
  const next = key === 'relayer' ? operator.nextRelayer : operator.nextAttestor;
  return next !== undefined && now >= next.at ? next.key : operator[key];
}
