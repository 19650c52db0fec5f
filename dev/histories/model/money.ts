import type { Act, Denom, History, Operation, Part, Round, ShareOf } from '../operation.ts';

export interface AwardOf {
  /** Place of the operation. */
  readonly at: number;
  readonly round: Round;
  readonly by: 'relayer' | 'funder';
  readonly shares: readonly { readonly to: Part; readonly bps: number; readonly amount: bigint; settled: 'paid' | 'refunded' | undefined; settledIn: Round | undefined }[];
}

/** One deposit as it has to stand in the end. */
export interface Deposit {
  /** Place of the `fund`. */
  readonly at: number;
  readonly by: Part;
  readonly address: string;
  readonly offer: string;
  readonly signature: string;
  readonly denom: Denom;
  readonly amount: bigint;
  readonly round: Round;
  state: 'held' | 'awarded' | 'paid' | 'refunded' | 'cancelled';
  award: AwardOf | undefined;
  isVetoed: boolean;
  endedIn: Round | undefined;
  /** Awards that were undone: perhaps before the chain had heard of them. */
  readonly undone: { readonly award: AwardOf; readonly how: 'vetoed' | 'withdrawn'; readonly bySignature: boolean }[];
}

/** What a comment that decides, or wants to, has to come to. */
export interface Decision {
  readonly at: number;
  readonly comment: string;
  readonly by: Part;
  readonly kind: 'award' | 'veto' | 'cancel';
  readonly isDone: boolean;
  /** Of the deposits that it is about. */
  readonly deposits: readonly string[];
  /** An award that was undone in the same round, or a veto: what the treasury wrote down of it depends on which was seen first. */
  readonly isContested: boolean;
}

export interface Money {
  readonly deposits: readonly Deposit[];
  readonly decisions: readonly Decision[];
  /** Who is linked, and since which round. */
  readonly links: ReadonlyMap<Part, Round>;
}

const last: Round = 4;

/** Whole base units of each share: what rounding leaves goes to the first. */
export function split(amount: bigint, shares: readonly ShareOf[]): bigint[] {
  const parts = shares.map(({ bps }) => (amount * BigInt(bps)) / 10_000n);
  const rest = amount - parts.reduce((sum, part) => sum + part, 0n);
  return parts.map((part, place) => (place === 0 ? part + rest : part));
}

/**
 * Where all money is in the end, or in the round `until`. `ignored` are vetoes that found nothing to undo. `amounts`: what each funding is about, by its place. A signed transaction counts when it
 * landed; what somebody wrote counts when they may; and time does the rest: an award stands after its window, a link after its
 * cool-down, and ninety-four days end everything.
 */
export function moneyOf(history: History, acts: readonly Act[], amounts: ReadonlyMap<number, { readonly denom: Denom; readonly amount: bigint }>, { until = last, ignored = new Set() }: { readonly until?: Round; readonly ignored?: ReadonlySet<number> } = {}): Money {
  const deposits: Deposit[] = [];
  const decisions: Decision[] = [];
  const links = new Map<Part, Round>();
  const actOf = new Map(acts.map((act) => [act.of, act]));
  const isOpen = (one: Deposit): boolean => one.state === 'held';

  function make(operation: Operation & { kind: 'fund' }, at: number, act: Act): void {
    const one = act.signed?.find(({ hasLanded }) => hasLanded);
    const money = amounts.get(at);
    if (one?.deposit === undefined || one.offer === undefined || money === undefined) return;
    deposits.push({ at, by: operation.by, address: one.deposit, offer: one.offer, signature: one.signature, ...money, round: operation.round, state: 'held', award: undefined, isVetoed: false, endedIn: undefined, undone: [] });
  }

  function award(one: Deposit, shares: readonly ShareOf[], { at, round, by }: Pick<AwardOf, 'at' | 'round' | 'by'>): void {
    const amountsOf = split(one.amount, shares);
    one.state = 'awarded';
    one.award = { at, round, by, shares: shares.map(({ to, bps }, place) => ({ to, bps, amount: amountsOf[place] ?? 0n, settled: undefined, settledIn: undefined })) };
  }

  function undo(one: Deposit, key: 'relayer' | 'funder'): void {
    if (one.award === undefined) return;
    // Whoever takes back what they decided themselves does not veto.
    const how = one.award.by === key ? 'withdrawn' : 'vetoed';
    one.undone.push({ award: one.award, how, bySignature: key === 'funder' });
    one.isVetoed ||= how === 'vetoed';
    const place = decisions.findIndex(({ at }) => at === one.award?.at);
    const before = decisions[place];
    if (before !== undefined) decisions[place] = { ...before, isContested: true };
    one.award = undefined;
    one.state = 'held';
  }

  function pass(round: Round): void {
    for (const one of deposits) {
      if (one.state === 'awarded' && one.award !== undefined) {
        for (const share of one.award.shares) {
          const linkedIn = links.get(share.to);
          if (share.settled !== undefined) continue;
          if (linkedIn !== undefined && linkedIn < round) share.settled = 'paid';
          else if (round === last && linkedIn === undefined) share.settled = 'refunded';
          if (share.settled !== undefined) share.settledIn = round;
        }
        if (one.award.shares.every(({ settled }) => settled !== undefined)) {
          one.state = one.award.shares.some(({ settled }) => settled === 'paid') ? 'paid' : 'refunded';
          one.endedIn = round;
        }
      } else if (one.state === 'held' && round === last) {
        one.state = 'refunded';
        one.endedIn = round;
      }
    }
  }

  function decided(operation: Operation & { kind: 'award' | 'veto' | 'cancel' }, at: number, comment: string): void {
    const { kind, by, round } = operation;
    const done = (touched: readonly Deposit[], isContested = false): void => { decisions.push({ at, comment, by, kind, isDone: touched.length > 0, deposits: touched.map(({ address }) => address), isContested }); };
    if (kind === 'veto') {
      const pending = deposits.filter((one) => one.state === 'awarded' && one.award?.round === round);
      const linkedIn = links.get(by);
      const may = by === 'maintainer' || (linkedIn !== undefined && linkedIn < round && pending.every((one) => one.by === by));
      const touched = may && !ignored.has(at) ? pending : [];
      for (const one of touched) undo(one, 'relayer');
      return done(touched, true);
    }
    const may = by === 'maintainer';
    const touched = may ? deposits.filter((one) => isOpen(one) && one.round < round && !(kind === 'award' && one.isVetoed)) : [];
    for (const one of touched) {
      if (operation.kind === 'award') award(one, sharesOf(history, operation), { at, round, by: 'relayer' });
      else Object.assign(one, { state: 'cancelled', endedIn: round });
    }
    done(touched);
  }

  let now: Round = 0;
  for (const [at, operation] of history.operations.entries()) {
    for (; now < operation.round; pass(now)) now = (now + 1) as Round;
    const act = actOf.get(at);
    if (act === undefined) continue;
    const hasLanded = act.signed?.some((one) => one.hasLanded) === true;
    switch (operation.kind) {
      case 'fund': make(operation, at, act); break;
      case 'link': if (hasLanded) links.set(operation.by, operation.round); break;
      case 'award': case 'veto': case 'cancel': if (act.comment !== undefined) decided(operation, at, act.comment); break;
      case 'sign-award': {
        const one = deposits.find((deposit) => deposit.at === operation.of);
        if (hasLanded && one !== undefined && isOpen(one)) award(one, operation.to, { at, round: operation.round, by: 'funder' });
        break;
      }
      case 'sign-veto': {
        const one = deposits.find((deposit) => deposit.at === operation.of);
        if (hasLanded && one?.state === 'awarded') undo(one, 'funder');
        break;
      }
      // Whoever pays or refunds without us does what was due anyway.
      default:
    }
  }
  for (; now < until; pass(now)) now = (now + 1) as Round;
  return { deposits, decisions, links };
}

/** Who is paid by an award, and how much of it. */
export function sharesOf({ operations }: History, { to }: Operation & { kind: 'award' }): readonly ShareOf[] {
  if (!('pull' in to)) return to;
  const pull = operations[to.pull];
  return pull?.kind === 'pull' ? [{ to: pull.by, bps: 10_000 }] : [];
}
