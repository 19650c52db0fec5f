import { shareAmounts } from '../src/index.ts';

/**
 * What the program promises, written down a second time and without its tricks: time is compared with lists of what
 * happened, nothing is packed, nothing forgotten. Keys and addresses are names.
 */
const hour = 3600n;
const day = 24n * hour;
export const modelTerms = { window: 72n * hour, coolDown: 72n * hour, grace: 72n * hour, claim: 90n * day, linger: 7n * day, activation: 7n * day };

export interface ModelShare { readonly id: string; readonly bps: number; settled: boolean }

export interface ModelDeposit {
  readonly funder: string;
  readonly withRelayer: boolean;
  readonly approver: string | undefined;
  /** A name; `undefined` is SOL. */
  readonly mint: string | undefined;
  readonly amount: bigint;
  readonly deadline: bigint;
  /** What it holds of its amount. */
  left: bigint;
  strayLamports: bigint;
  strayTokens: bigint;
  state: 'funded' | 'awarded' | 'paid' | 'refunded' | 'cancelled';
  vetoed: boolean;
  endedAt: bigint;
  award?: { readonly by: readonly string[]; readonly at: bigint; readonly finalAt: bigint; readonly epoch: number; readonly shares: ModelShare[] } | undefined;
}

interface ModelKey { key: string | undefined; next: { readonly key: string; readonly at: bigint } | undefined; epoch: number; readonly endedAt: bigint[] }

interface Proof { readonly wallet: string; readonly at: bigint; readonly epoch: number }

interface ModelIdentity {
  link: Proof;
  /** Every change since the link that was asked for, with what became of it. */
  changes: { readonly proof: Proof; cancelled: boolean }[];
}

/** What one key other than the relayer decides alone while no relayer is there to veto. */
const withoutRelayer = modelTerms.activation + modelTerms.window;

export type ModelStanding = { readonly kind: 'nobody' | 'waiting' | 'contested' } | { readonly kind: 'wallet'; readonly wallet: string };

export class Model {
  now: bigint;
  readonly admin = 'admin';
  readonly relayer: ModelKey = { key: 'relayer', next: undefined, epoch: 0, endedAt: [] };
  readonly attestor: ModelKey = { key: 'attestor', next: undefined, epoch: 0, endedAt: [] };
  readonly deposits = new Map<string, ModelDeposit>();
  readonly identities = new Map<string, ModelIdentity>();

  constructor(now: bigint) {
    this.now = now;
  }

  inForce({ key, next }: ModelKey): string | undefined {
    return next !== undefined && this.now >= next.at ? next.key : key;
  }

  private undone(key: ModelKey, epoch: number, settles: bigint): boolean {
    const end = key.endedAt[epoch];
    return end !== undefined && end < settles;
  }

  isOperators(name: string): boolean {
    return [this.admin, this.relayer.key, this.relayer.next?.key, this.attestor.key, this.attestor.next?.key].includes(name);
  }

  schedule(which: 'relayer' | 'attestor', name: string): boolean {
    const key = this[which];
    if (this.isOperators(name) || key.endedAt.length === 16) return false;
    key.key = this.inForce(key);
    key.next = { key: name, at: this.now + modelTerms.activation };
    return true;
  }

  disable(which: 'relayer' | 'attestor'): boolean {
    const key = this[which];
    const inForce = this.inForce(key);
    if (inForce === undefined && key.next === undefined) return false;
    if (inForce !== undefined) key.endedAt[key.epoch++] = this.now;
    key.key = key.next = undefined;
    return true;
  }

  private attests(name: string, wallet: string): boolean {
    return this.inForce(this.attestor) === name && !this.isOperators(wallet);
  }

  private proof(wallet: string): Proof {
    return { wallet, at: this.now, epoch: this.attestor.epoch };
  }

  private holds({ at, epoch }: Proof): boolean {
    return !this.undone(this.attestor, epoch, at + modelTerms.coolDown);
  }

  /** Follows every change that counts, in order. */
  private follow(id: string): { link: Proof; open: { proof: Proof; cancelled: boolean } | undefined; disputed: boolean } | undefined {
    const identity = this.identities.get(id);
    if (identity === undefined || !this.holds(identity.link)) return undefined;
    const last = identity.changes.at(-1);
    const open = last !== undefined && this.holds(last.proof) ? last : undefined;
    // An earlier dispute is over only with a change that matured, which starts the list anew.
    return { link: identity.link, open, disputed: identity.changes.some((change) => change !== last && change.cancelled && this.holds(change.proof)) };
  }

  standing(id: string): ModelStanding {
    const found = this.follow(id);
    if (found === undefined) return { kind: 'nobody' };
    const { link, open, disputed } = found;
    if (open !== undefined) {
      if (open.cancelled) return { kind: 'contested' };
      return this.now < open.proof.at + modelTerms.coolDown ? { kind: 'waiting' } : { kind: 'wallet', wallet: open.proof.wallet };
    }
    if (disputed) return { kind: 'contested' };
    return this.now < link.at + modelTerms.coolDown ? { kind: 'waiting' } : { kind: 'wallet', wallet: link.wallet };
  }

  /** The link as it is now; a change that matured has become it. */
  private current(id: string): ModelIdentity | undefined {
    const identity = this.identities.get(id);
    const found = this.follow(id);
    if (identity === undefined || found === undefined) return undefined;
    const { open } = found;
    if (open !== undefined && !open.cancelled && this.now >= open.proof.at + modelTerms.coolDown) Object.assign(identity, { link: open.proof, changes: [] });
    return identity;
  }

  link(id: string, attestor: string, wallet: string): boolean {
    if (!this.attests(attestor, wallet) || this.follow(id) !== undefined) return false;
    this.identities.set(id, { link: this.proof(wallet), changes: [] });
    return true;
  }

  change(id: string, attestor: string, wallet: string): boolean {
    const identity = this.current(id);
    if (identity === undefined || !this.attests(attestor, wallet) || identity.link.wallet === wallet) return false;
    const open = this.follow(id)?.open;
    if (open !== undefined && (!open.cancelled || this.now < open.proof.at + modelTerms.coolDown)) return false;
    identity.changes.push({ proof: this.proof(wallet), cancelled: false });
    return true;
  }

  cancelChange(id: string, wallet: string): boolean {
    const open = this.current(id) && this.follow(id)?.open;
    if (open === undefined || open.cancelled || this.identities.get(id)?.link.wallet !== wallet) return false;
    open.cancelled = true;
    return true;
  }

  settleChange(id: string, from: string, to: string): boolean {
    const identity = this.current(id);
    const open = this.follow(id)?.open;
    if (identity === undefined || open === undefined || identity.link.wallet !== from || open.proof.wallet !== to) return false;
    Object.assign(identity, { link: { ...identity.link, wallet: to }, changes: [] });
    return true;
  }

  unlink(id: string, wallet: string): boolean {
    if (this.current(id)?.link.wallet !== wallet) return false;
    this.identities.delete(id);
    return true;
  }

  fund(name: string, deposit: Pick<ModelDeposit, 'funder' | 'withRelayer' | 'approver' | 'mint' | 'amount' | 'deadline'>): boolean {
    const ahead = deposit.deadline - this.now;
    const relayers = [this.relayer.key, this.relayer.next?.key];
    const { funder, approver, withRelayer } = deposit;
    const deciders = withRelayer ? approver !== funder && !relayers.includes(funder) && (approver === undefined || !relayers.includes(approver)) : approver === undefined;
    if (this.deposits.has(name) || !deciders || ahead < hour || ahead > 365n * day || deposit.amount < (deposit.mint === undefined ? 890_880n : 1n)) return false;
    this.deposits.set(name, { ...deposit, left: deposit.amount, strayLamports: 0n, strayTokens: 0n, state: 'funded', vetoed: false, endedAt: 0n });
    return true;
  }

  private role({ funder, approver, withRelayer }: ModelDeposit, key: string): string | undefined {
    if (key === funder) return 'funder';
    if (!withRelayer) return undefined;
    if (key === approver) return 'approver';
    return key === this.inForce(this.relayer) ? 'relayer' : undefined;
  }

  awardOf({ state, award }: ModelDeposit): 'none' | 'void' | 'pending' | 'final' {
    if (state !== 'awarded' || award === undefined) return 'none';
    const finalAt = this.finalAt(award);
    if (finalAt === undefined) return 'void';
    return this.now < finalAt ? 'pending' : 'final';
  }

  private finalAt({ by, epoch, finalAt }: NonNullable<ModelDeposit['award']>): bigint | undefined {
    if (by.join() === 'relayer') return this.undone(this.relayer, epoch, finalAt) ? undefined : finalAt;
    return this.relayer.endedAt.slice(epoch).reduce((until, end) => (end < until ? end + withoutRelayer : until), finalAt);
  }

  award(name: string, keys: readonly string[], shares: readonly { readonly id: string; readonly bps: number }[]): boolean {
    const deposit = this.deposits.get(name);
    if (deposit === undefined) return false;
    const by = keys.map((key) => this.role(deposit, key) ?? '');
    const open = deposit.state === 'funded' || this.awardOf(deposit) === 'void';
    if (by.includes('') || new Set(by).size !== keys.length || !open || this.now >= deposit.deadline + modelTerms.grace) return false;
    const atOnce = keys.length === 2 || !deposit.withRelayer;
    if (deposit.vetoed && !atOnce) return false;
    if (shares.some(({ bps }) => deposit.amount * BigInt(bps) / 10_000n < (deposit.mint === undefined ? 890_880n : 1n))) return false;
    deposit.state = 'awarded';
    deposit.award = { by, at: this.now, finalAt: this.now + (atOnce ? 0n : this.inForce(this.relayer) === undefined ? withoutRelayer : modelTerms.window), epoch: this.relayer.epoch, shares: shares.map((share) => ({ ...share, settled: false })) };
    return true;
  }

  veto(name: string, key: string | undefined): boolean {
    const deposit = this.deposits.get(name);
    const standing = deposit && this.awardOf(deposit);
    if (deposit === undefined || standing === 'none' || standing === 'final') return false;
    if (standing === 'pending') {
      const role = key === undefined ? undefined : this.role(deposit, key);
      if (role === undefined) return false;
      if (!deposit.award?.by.includes(role)) deposit.vetoed = true;
    }
    Object.assign(deposit, { state: 'funded', award: undefined });
    return true;
  }

  private settle(deposit: ModelDeposit, index: number, terminal: 'paid' | 'refunded'): bigint {
    const shares = deposit.award?.shares ?? [];
    const share = shares[index];
    if (share !== undefined) share.settled = true;
    const amount = shareAmounts(deposit.amount, shares.map(({ bps }) => bps))[index] ?? 0n;
    deposit.left -= amount;
    if (terminal === 'paid') this.everPaid.add(deposit);
    if (shares.every(({ settled }) => settled)) Object.assign(deposit, { state: this.everPaid.has(deposit) ? 'paid' : 'refunded', endedAt: this.now });
    return amount;
  }

  private readonly everPaid = new Set<ModelDeposit>();

  /** What a payout moves, `undefined` when it is refused. */
  payout(name: string, index: number, id: string, wallet: string): bigint | undefined {
    const deposit = this.deposits.get(name);
    const share = deposit?.award?.shares[index];
    if (deposit === undefined || this.awardOf(deposit) !== 'final' || share === undefined || share.settled || share.id !== id) return undefined;
    const standing = this.standing(id);
    return standing.kind === 'wallet' && standing.wallet === wallet ? this.settle(deposit, index, 'paid') : undefined;
  }

  refundShare(name: string, index: number, id: string): bigint | undefined {
    const deposit = this.deposits.get(name);
    const share = deposit?.award?.shares[index];
    if (deposit === undefined || this.awardOf(deposit) !== 'final' || share === undefined || share.settled || share.id !== id) return undefined;
    const [finalAt, attestorEnded] = [(deposit.award && this.finalAt(deposit.award)) ?? 0n, this.attestor.endedAt.at(-1) ?? 0n];
    if (this.now < finalAt + modelTerms.claim || this.now < attestorEnded + modelTerms.claim || !['nobody', 'contested'].includes(this.standing(id).kind)) return undefined;
    return this.settle(deposit, index, 'refunded');
  }

  private end(deposit: ModelDeposit, state: 'refunded' | 'cancelled'): bigint {
    Object.assign(deposit, { state, endedAt: this.now, left: 0n });
    return deposit.amount;
  }

  cancel(name: string, key: string): bigint | undefined {
    const deposit = this.deposits.get(name);
    if (deposit?.state !== 'funded' || this.role(deposit, key) !== (deposit.withRelayer ? 'relayer' : 'funder')) return undefined;
    return this.end(deposit, 'cancelled');
  }

  refund(name: string): bigint | undefined {
    const deposit = this.deposits.get(name);
    return deposit?.state === 'funded' && this.now >= deposit.deadline + modelTerms.grace ? this.end(deposit, 'refunded') : undefined;
  }

  close(name: string): ModelDeposit | undefined {
    const deposit = this.deposits.get(name);
    if (deposit === undefined || deposit.state === 'funded' || deposit.state === 'awarded' || this.now < deposit.endedAt + modelTerms.linger) return undefined;
    this.deposits.delete(name);
    return deposit;
  }
}
