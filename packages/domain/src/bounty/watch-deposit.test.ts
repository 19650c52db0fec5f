import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseOfferId, type OfferId } from '../ids.ts';
import { fold, noBounty, type BountyEvent } from './bounty.ts';
import { evolveDeposit, isHeld, whereabouts, type Award, type Decider, type Deposit } from './deposit.ts';
import { closeDeposit, watchDeposit, type SeenDeposit } from './watch-deposit.ts';

const at = new Date('2026-01-01T00:00:00Z');
const later = (hours: number): Date => new Date(at.getTime() + hours * 3_600_000);
const offer = parseOfferId('1'.repeat(32)) as OfferId;
const amount = 1_000n;
const deposit: Deposit = { address: 'd1', offer, funder: 'w1', denom: 'sol', amount, state: 'held', sequence: 1n };
const award: Award = { shares: [{ githubId: '7', bps: 7_000, amount: 700n }, { githubId: '8', bps: 3_000, amount: 300n }], by: ['relayer'], awardedAt: at, finalAt: later(72) };
const settledBy = (...how: ('paid' | 'refunded' | undefined)[]): Award => ({ ...award, shares: award.shares.map((share, index) => ({ ...share, ...(how[index] && { settled: how[index] }) })) });
const held: SeenDeposit = { state: 'held', sequence: 1n, vetoed: false, isVoid: false };
const awarded: SeenDeposit = { ...held, state: 'awarded', sequence: 2n, award };
const watched = (known: Deposit, ...states: SeenDeposit[]) => {
  let after = known;
  const told = states.flatMap((seen) => {
    const events = watchDeposit(after, seen, at);
    after = events.reduce(evolveDeposit, after);
    return events.map(({ type, ...event }) => [type, ...('reason' in event ? [event.reason] : []), ...('share' in event ? [event.share] : [])].join(' '));
  });
  return { told, after };
};

describe('what is told of a deposit', () => {
  test('its award, and each share that is paid, once', () => {
    const one = { ...awarded, sequence: 3n, award: settledBy(undefined, 'paid') };
    const both = { ...awarded, state: 'paid' as const, sequence: 4n, award: settledBy('paid', 'paid') };
    const { told, after } = watched(deposit, awarded, awarded, one, one, both, both);
    expect(told).toEqual(['awarded', 'paid 1', 'paid 0']);
    expect([after.state, whereabouts(after)]).toEqual(['paid', { held: 0n, paid: 1_000n, returned: 0n, unknown: 0n }]);
  });
  test('all of it at one look, in order', () => {
    expect(watched(deposit, { ...awarded, state: 'paid', sequence: 4n, award: settledBy('refunded', 'paid') })).toMatchObject({
      told: ['awarded', 'refunded 0', 'paid 1'], after: { state: 'paid' },
    });
  });
  test('a veto, for good, and another award by two', () => {
    const two = { ...awarded, sequence: 4n, vetoed: true, award: { ...award, by: ['funder', 'relayer'] as Decider[], finalAt: at } };
    expect(watched(deposit, awarded, { ...held, sequence: 3n, vetoed: true }, two)).toMatchObject({ told: ['awarded', 'vetoed vetoed', 'awarded'], after: { state: 'awarded', vetoed: true } });
  });
  test('a veto of an award that nobody saw', () => {
    expect(watched(deposit, { ...held, sequence: 3n, vetoed: true })).toMatchObject({ told: ['vetoed vetoed'], after: { state: 'held', vetoed: true } });
  });
  test('a withdrawal is no veto', () => {
    const { told, after } = watched(deposit, awarded, { ...held, sequence: 3n });
    expect(told).toEqual(['awarded', 'vetoed withdrawn']);
    expect(after).toEqual({ ...deposit, sequence: 3n });
  });
  test('the same award made again after it was withdrawn, in the same second', () => {
    expect(watched(deposit, awarded, { ...awarded, sequence: 4n }).told).toEqual(['awarded', 'vetoed withdrawn', 'awarded']);
    expect(watched(deposit, awarded, { ...awarded, sequence: 5n, award: settledBy('paid') }).told).toEqual(['awarded', 'vetoed withdrawn', 'awarded', 'paid 0']);
  });
  test('a void award as undone, once, and nothing when somebody clears it away', () => {
    const isVoid = { ...awarded, isVoid: true };
    expect(watched(deposit, awarded, isVoid, isVoid).told).toEqual(['awarded', 'vetoed void']);
    expect(watched(deposit, isVoid).told).toEqual([]);
    expect(watched(deposit, awarded, isVoid, { ...held, sequence: 3n }).told).toEqual(['awarded', 'vetoed void']);
    expect(watched(deposit, awarded, isVoid, { ...awarded, sequence: 3n }).told).toEqual(['awarded', 'vetoed void', 'awarded']);
  });
  test('how an unawarded one ended', () => {
    expect(watched(deposit, { ...held, state: 'cancelled', sequence: 2n })).toMatchObject({ told: ['cancelled'], after: { state: 'cancelled' } });
    expect(watched(deposit, awarded, { ...held, state: 'refunded', sequence: 4n })).toMatchObject({ told: ['awarded', 'vetoed withdrawn', 'refunded'], after: { state: 'refunded' } });
  });
  test('all shares sent back is refunded', () => {
    expect(watched(deposit, { ...awarded, state: 'refunded', sequence: 4n, award: settledBy('refunded', 'refunded') })).toMatchObject({ told: ['awarded', 'refunded 0', 'refunded 1'], after: { state: 'refunded' } });
  });
  test('nothing by an older state, and nothing once it is over', () => {
    const { after } = watched(deposit, awarded);
    expect(watchDeposit(after, held, at)).toEqual([]);
    expect(watchDeposit({ ...deposit, state: 'refunded' }, awarded, at)).toEqual([]);
  });
});

describe('an account that is gone', () => {
  test('of a deposit that was over is closed, once', () => {
    const over: Deposit = { ...deposit, state: 'cancelled', sequence: 2n };
    const events = closeDeposit(over, at);
    expect(events).toEqual([{ type: 'closed', deposit: 'd1', sequence: 2n, at }]);
    expect(closeDeposit(events.reduce(evolveDeposit, over), at)).toEqual([]);
  });
  test('of one that held money ended in a way that nobody saw, and nothing is claimed about where that is', () => {
    expect(closeDeposit(deposit, at).reduce(evolveDeposit, deposit)).toMatchObject({ state: 'closed', gone: true });
    const { after } = watched(deposit, { ...awarded, sequence: 3n, award: settledBy('paid') });
    const gone = closeDeposit(after, at).reduce(evolveDeposit, after);
    expect([gone.state, whereabouts(gone)]).toEqual(['closed', { held: 0n, paid: 700n, returned: 0n, unknown: 300n }]);
  });
});

// The program, as far as it matters here: what it does to an account, and that it counts.
type Step = 'award' | 'award again' | 'veto' | 'withdraw' | 'disable' | 'clear' | 'pay' | 'return' | 'refund' | 'cancel';
const steps: readonly Step[] = ['award', 'award again', 'veto', 'withdraw', 'disable', 'clear', 'pay', 'return', 'refund', 'cancel'];
function play(seen: SeenDeposit, step: Step, share: number): SeenDeposit {
  const next = { ...seen, sequence: seen.sequence + 1n, isVoid: false };
  const { award: _award, ...bare } = next;
  const open = seen.state === 'awarded' && seen.award?.shares[share]?.settled === undefined;
  const hasLeft = seen.award?.shares.some(({ settled }) => settled !== undefined) === true;
  const isPending = seen.state === 'awarded' && !hasLeft;
  const settle = (how: 'paid' | 'refunded'): SeenDeposit => {
    const shares = (seen.award ?? award).shares.map((one, index) => (index === share ? { ...one, settled: how } : one));
    const state = shares.some(({ settled }) => settled === undefined) ? 'awarded' : shares.some(({ settled }) => settled === 'paid') ? 'paid' : 'refunded';
    return { ...next, state, award: { ...award, shares } };
  };
  switch (step) {
    case 'award': return seen.state === 'held' || seen.isVoid ? { ...next, state: 'awarded', award } : seen;
    case 'award again': return seen.state === 'held' || seen.isVoid ? { ...next, state: 'awarded', award: { ...award, awardedAt: later(share + 1) } } : seen;
    case 'veto': return isPending && !seen.isVoid ? { ...bare, state: 'held', vetoed: true } : seen;
    case 'withdraw': return isPending && !seen.isVoid ? { ...bare, state: 'held' } : seen;
    case 'disable': return isPending ? { ...seen, isVoid: true } : seen;
    case 'clear': return seen.isVoid ? { ...bare, state: 'held' } : seen;
    case 'pay': return open && !seen.isVoid ? settle('paid') : seen;
    case 'return': return open && !seen.isVoid ? settle('refunded') : seen;
    case 'refund': return seen.state === 'held' ? { ...bare, state: 'refunded' } : seen;
    case 'cancel': return seen.state === 'held' ? { ...bare, state: 'cancelled' } : seen;
  }
}
const histories = fc.array(fc.record({ step: fc.constantFrom(...steps), share: fc.nat(1), isLooked: fc.boolean() }), { maxLength: 30 });

describe('whatever happens between looks', () => {
  test('what was told adds up to what the account says, each once, and no unit is lost', () => {
    fc.assert(fc.property(histories, (history) => {
      let [seen, known] = [held, deposit];
      const told = new Set<string>();
      for (const { step, share, isLooked } of [...history, { step: 'clear' as const, share: 0, isLooked: true }]) {
        seen = play(seen, step, share);
        if (!isLooked) continue;
        const wasOver = !isHeld(known);
        const before = known;
        for (const event of watchDeposit(known, seen, at)) {
          const id = `${'reason' in event ? event.reason : event.type}:${String(event.sequence)}:${'share' in event ? String(event.share) : ''}`;
          expect(told).not.toContain(id);
          told.add(id);
          known = evolveDeposit(known, event);
          const { held: left, paid, returned, unknown } = whereabouts(known);
          expect(left + paid + returned + unknown).toBe(amount);
        }
        if (wasOver) expect(known).toBe(before);
        expect(known.state).toBe(seen.isVoid ? 'held' : seen.state);
        expect(known.vetoed ?? false).toBe(seen.vetoed);
        expect(known.award).toEqual(seen.isVoid ? undefined : seen.award);
        expect(watchDeposit(known, seen, at)).toEqual([]);
      }
    }), { numRuns: 2_000 });
  });

  test('an offer is paid when any of its money was earned and none is left, and refunded when none was', () => {
    const offered: BountyEvent[] = [{ type: 'offered', offer, key: 'k', denom: 'sol', amount, at, expiresAt: later(1) }];
    const funded = (address: string): BountyEvent => ({ type: 'funded', offer, deposit: address, funder: 'w', denom: 'sol', amount, at });
    const [first, second] = ['d1', 'd2'].map((address) => ({ ...deposit, address }));
    const paid = watchDeposit(first as Deposit, { ...awarded, state: 'paid', sequence: 4n, award: settledBy('paid', 'paid') }, at);
    const cancelled = watchDeposit(second as Deposit, { ...held, state: 'cancelled', sequence: 2n }, at);
    const stateAfter = (...events: readonly BountyEvent[]) => fold([...offered, funded('d1'), funded('d2'), ...events], noBounty).offers.get(offer)?.state;
    expect([stateAfter(...paid), stateAfter(...paid, ...cancelled), stateAfter(...cancelled)]).toEqual(['funded', 'paid', 'funded']);
    expect(stateAfter(...cancelled, { type: 'refunded', deposit: 'd1', sequence: 2n, at })).toBe('refunded');
  });
});
