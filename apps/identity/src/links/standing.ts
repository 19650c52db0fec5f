import { effectiveWallet, pendingChange, terms, type Address, type Identity, type Operator } from '@doubloon/escrow';

export type LinkState = 'absent' | 'cooling' | 'linked' | 'changing' | 'contested' | 'unlinked';

/** What an identity account says at an instant of the chain. Instants are unix seconds. */
export interface LinkStanding {
  readonly state: LinkState;
  /** The wallet that is linked; `undefined` for `absent` and `unlinked`. */
  readonly wallet: Address | undefined;
  readonly linkedAt: bigint | undefined;
  readonly paysFrom: bigint | undefined;
  /** The wallet that is asked for, since when, and from when it counts. */
  readonly pending: { readonly wallet: Address; readonly since: bigint; readonly from: bigint } | undefined;
}

const nobody = (state: LinkState): LinkStanding => ({ state, wallet: undefined, linkedAt: undefined, paysFrom: undefined, pending: undefined });

/** The rule of who is paid, in the words of a link. */
export function linkStanding(identity: Identity | undefined, operator: Operator, now: bigint): LinkStanding {
  if (identity === undefined) return nobody('absent');
  const standing = effectiveWallet(identity, operator, now);
  if (standing.kind === 'nobody') return nobody('unlinked');
  const change = pendingChange(identity, operator);
  const pending = change && { wallet: change.wallet, since: change.since, from: change.since + terms.coolDownSeconds };
  // A change that has matured is the link from then on.
  if (standing.kind === 'wallet' && pending?.wallet === standing.wallet) return { state: 'linked', wallet: standing.wallet, linkedAt: pending.since, paysFrom: pending.from, pending: undefined };
  const state = standing.kind === 'contested' ? 'contested' : standing.kind === 'wallet' ? 'linked' : pending === undefined ? 'cooling' : 'changing';
  return { state, wallet: identity.wallet, linkedAt: identity.linkedAt, paysFrom: identity.linkedAt + terms.coolDownSeconds, pending };
}
