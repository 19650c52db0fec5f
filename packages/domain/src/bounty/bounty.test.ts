import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseOfferId, type OfferId } from '../ids.ts';
import { counts, evolve, fold, noBounty, totals, type Bounty, type BountyEvent } from './bounty.ts';
import { whereabouts } from './deposit.ts';
import { expireOffers, expireSubmission, fundOffer, OFFER_LIFE_MS, openOffer, replaceOffer, submitFunding, withdrawOffer } from './decide.ts';

const id = (digit: string): OfferId => parseOfferId(digit.repeat(32)) as OfferId;
const [first, second] = [id('1'), id('2')];
const at = new Date('2026-01-01T00:00:00Z');
const later = (ms: number): Date => new Date(at.getTime() + ms);
const offered = (offer: OfferId = first): BountyEvent => ({ type: 'offered', offer, key: `issue:1:sol:${offer}`, denom: 'sol', amount: 5n, at, expiresAt: later(OFFER_LIFE_MS) });
const submitted: BountyEvent = { type: 'submitted', offer: first, signature: 's1', at };
const funded = (deposit = 'd1', offer = first): BountyEvent => ({ type: 'funded', offer, deposit, funder: 'w1', denom: 'sol', amount: 5n, at });
const refunded = (deposit: string): BountyEvent => ({ type: 'refunded', deposit, sequence: 2n, at });
const stateOf = (bounty: Bounty, offer = first): string | undefined => bounty.offers.get(offer)?.state;
const given = (...events: BountyEvent[]): Bounty => fold(events);
const solOf = (bounty: Bounty) => totals(bounty).get('sol') ?? { funded: 0n, offered: 0n };

describe('an offer is opened', () => {
  const command = { offer: first, key: 'issue:1:sol:5:0', denom: 'sol', amount: 5n, at };
  test('and ends after 14 days', () => {
    expect(openOffer(noBounty, command)).toEqual([{ type: 'offered', ...command, expiresAt: new Date('2026-01-15T00:00:00Z') }]);
  });
  test('once, however often it is delivered and whatever id the second try has', () => {
    expect(openOffer(given(...openOffer(noBounty, command)), { ...command, offer: second })).toEqual([]);
  });
});

describe('an unfunded offer', () => {
  test('is withdrawn, and stays so', () => {
    const events = withdrawOffer(given(offered()), { offer: first, at });
    expect(events).toEqual([{ type: 'withdrawn', offer: first, at }]);
    expect(withdrawOffer(given(offered(), ...events), { offer: first, at })).toEqual([]);
  });
  test('is replaced, and points on', () => {
    const events = replaceOffer(given(offered(), offered(second)), { offer: first, replacedBy: second, at });
    expect(fold(events, given(offered())).offers.get(first)).toMatchObject({ state: 'replaced', replacedBy: second });
  });
  test('expires after 14 days, not a millisecond before', () => {
    expect(expireOffers(given(offered()), { at: later(OFFER_LIFE_MS - 1) })).toEqual([]);
    expect(expireOffers(given(offered()), { at: later(OFFER_LIFE_MS) })).toEqual([{ type: 'offer-expired', offer: first, at: later(OFFER_LIFE_MS) }]);
  });
  test('takes no transaction after that, even if nobody marked it expired yet', () => {
    expect(() => submitFunding(given(offered()), { offer: first, signature: 's1', at: later(OFFER_LIFE_MS) })).toThrow(expect.objectContaining({ code: 'OFFER_NOT_OPEN', facts: { offerId: first, state: 'expired' } }));
  });
});

describe('an offer whose text stands there again', () => {
  const again: BountyEvent = { ...offered(), at: later(1_000), expiresAt: later(OFFER_LIFE_MS + 1_000) } as BountyEvent;
  const gone: BountyEvent[] = [{ type: 'withdrawn', offer: first, at: later(500) }, { type: 'replaced', offer: first, replacedBy: second, at: later(500) }, { type: 'offer-expired', offer: first, at: later(500) }];
  test.each(gone)('is open again after it was $type, for as long as a new one', (end) => {
    expect(given(offered(), end, again).offers.get(first)).toEqual({ id: first, key: `issue:1:sol:${first}`, denom: 'sol', amount: 5n, offeredAt: later(1_000), expiresAt: later(OFFER_LIFE_MS + 1_000), state: 'offered' });
  });
  test('counts what was deposited for it meanwhile, and is over when that went back', () => {
    expect(solOf(given(offered(), gone[0] as BountyEvent, funded(), again))).toEqual({ funded: 5n, offered: 0n });
    expect(stateOf(given(offered(), gone[0] as BountyEvent, funded(), refunded('d1'), again))).toBe('refunded');
  });
  test('is not opened by what is told a second time, and not when it has not ended', () => {
    expect(stateOf(given(offered(), gone[0] as BountyEvent, offered()))).toBe('withdrawn');
    expect(stateOf(given(offered(), gone[0] as BountyEvent, again, { type: 'withdrawn', offer: first, at: later(2_000) }, again))).toBe('withdrawn');
    expect(stateOf(given(offered(), submitted, again))).toBe('submitted');
  });
});

describe('while a signed transaction is alive the offer is locked', () => {
  test('a second transaction is refused, the same one again changes nothing', () => {
    const bounty = given(offered(), submitted);
    expect(() => submitFunding(bounty, { offer: first, signature: 's2', at })).toThrow(expect.objectContaining({ code: 'OFFER_NOT_OPEN' }));
    expect(submitFunding(bounty, { offer: first, signature: 's1', at })).toEqual([]);
  });
  test('a withdrawal waits, and happens when the transaction can no longer land', () => {
    const wish = withdrawOffer(given(offered(), submitted), { offer: first, at });
    expect(wish).toEqual([{ type: 'withdrawal-asked', offer: first, at }]);
    const waiting = given(offered(), submitted, ...wish);
    expect(stateOf(waiting)).toBe('submitted');
    expect(withdrawOffer(waiting, { offer: first, at })).toEqual([]);
    const ended = expireSubmission(waiting, { offer: first, signature: 's1', at });
    expect(ended.map(({ type }) => type)).toEqual(['submission-expired', 'withdrawn']);
    expect(fold(ended, waiting).offers.get(first)).not.toHaveProperty('asked');
  });
  test('a replacement waits as well, and a newer wish takes the place of an older one', () => {
    const waiting = given(offered(), submitted, ...withdrawOffer(given(offered(), submitted), { offer: first, at }));
    const again = fold(replaceOffer(waiting, { offer: first, replacedBy: second, at }), waiting);
    expect(stateOf(fold(expireSubmission(again, { offer: first, signature: 's1', at }), again))).toBe('replaced');
  });
  test('the chain wins: the deposit lands, and the wish is gone', () => {
    const waiting = given(offered(), submitted, { type: 'withdrawal-asked', offer: first, at });
    const landed = fold(fundOffer(waiting, { offer: first, deposit: 'd1', funder: 'w1', denom: 'sol', amount: 5n, at }), waiting);
    expect(stateOf(landed)).toBe('funded');
    expect(expireSubmission(landed, { offer: first, signature: 's1', at })).toEqual([]);
  });
  test('it does not expire meanwhile, and does right after', () => {
    const bounty = given(offered(), submitted);
    expect(expireOffers(bounty, { at: later(2 * OFFER_LIFE_MS) })).toEqual([]);
    expect(expireSubmission(bounty, { offer: first, signature: 's1', at: later(OFFER_LIFE_MS) }).map(({ type }) => type)).toEqual(['submission-expired', 'offer-expired']);
  });
  test('it is free for another try when nothing was asked', () => {
    const bounty = given(offered(), submitted, { type: 'submission-expired', offer: first, signature: 's1', at });
    expect(submitFunding(bounty, { offer: first, signature: 's2', at })).toHaveLength(1);
  });
});

describe('a deposit', () => {
  const deposit = { offer: first, deposit: 'd1', funder: 'w1', denom: 'sol', amount: 5n, at };
  test('is counted once', () => {
    const bounty = given(offered(), ...fundOffer(given(offered()), deposit));
    expect(solOf(bounty)).toEqual({ funded: 5n, offered: 0n });
    expect(fundOffer(bounty, deposit)).toEqual([]);
  });
  test('of other terms than the offer’s is not counted', () => {
    expect(fundOffer(given(offered()), { ...deposit, amount: 6n })).toEqual([]);
    expect(fundOffer(given(offered()), { ...deposit, denom: 'usdc' })).toEqual([]);
  });
  test('of another wallet for the same offer counts apart', () => {
    expect(solOf(given(offered(), funded('d1'), funded('d2')))).toEqual({ funded: 10n, offered: 0n });
  });
  test('for an expired offer counts: the chain wins', () => {
    expect(stateOf(given(offered(), { type: 'offer-expired', offer: first, at }, funded()))).toBe('funded');
  });
  test('for an offer that was taken back is shown and never counted', () => {
    const bounty = given(offered(), { type: 'withdrawn', offer: first, at }, funded());
    expect(bounty.deposits.get('d1')?.state).toBe('held');
    expect([...totals(bounty)]).toEqual([]);
  });
  test('that went back to its funder leaves the totals', () => {
    const bounty = given(offered(), funded('d1'), funded('d2'));
    const one = evolve(bounty, refunded('d1'));
    expect([stateOf(one), solOf(one).funded]).toEqual(['funded', 5n]);
    expect(stateOf(evolve(one, refunded('d2')))).toBe('refunded');
  });
});

test('an edit or a deletion after funding changes nothing', () => {
  const bounty = given(offered(), funded());
  expect([...withdrawOffer(bounty, { offer: first, at }), ...replaceOffer(bounty, { offer: first, replacedBy: second, at })]).toEqual([]);
});

test.each([
  ['withdrawOffer', () => withdrawOffer(noBounty, { offer: first, at })],
  ['submitFunding', () => submitFunding(noBounty, { offer: first, signature: 's', at })],
  ['expireSubmission', () => expireSubmission(noBounty, { offer: first, signature: 's', at })],
  ['fundOffer', () => fundOffer(noBounty, { offer: first, deposit: 'd', funder: 'w', denom: 'sol', amount: 1n, at })],
])('%s of an offer that is not there is refused', (_name, decide) => {
  expect(decide).toThrow(expect.objectContaining({ code: 'OFFER_ABSENT' }));
});

const offers = fc.constantFrom(...['1', '2', '3'].map(id));
const signatures = fc.constantFrom('s1', 's2');
const deposits = fc.constantFrom('d1', 'd2', 'd3');
const amounts = fc.constantFrom(1n, 2n ** 64n - 1n);
const denoms = fc.constantFrom('sol', 'usdc');
const times = fc.constantFrom(at, later(OFFER_LIFE_MS));
const sequences = fc.bigInt(1n, 9n);
const anyEvent: fc.Arbitrary<BountyEvent> = fc.oneof(
  fc.record({ type: fc.constant('offered' as const), offer: offers, key: fc.string(), denom: denoms, amount: amounts, at: times, expiresAt: times }),
  fc.record({ type: fc.constantFrom('withdrawn' as const, 'offer-expired' as const, 'withdrawal-asked' as const), offer: offers, at: times }),
  fc.record({ type: fc.constant('replaced' as const), offer: offers, replacedBy: offers, at: times }),
  fc.record({ type: fc.constantFrom('submitted' as const, 'submission-expired' as const), offer: offers, signature: signatures, at: times }),
  fc.record({ type: fc.constant('funded' as const), offer: offers, deposit: deposits, funder: fc.string(), denom: denoms, amount: amounts, at: times }),
  fc.record({ type: fc.constantFrom('refunded' as const, 'cancelled' as const, 'closed' as const), deposit: deposits, sequence: sequences, at: times }),
  fc.record({ type: fc.constantFrom('paid' as const, 'refunded' as const), deposit: deposits, sequence: sequences, share: fc.nat(2), at: times }),
  fc.record({ type: fc.constant('vetoed' as const), deposit: deposits, sequence: sequences, reason: fc.constantFrom('vetoed' as const, 'withdrawn' as const, 'void' as const), at: times }),
);

describe('whatever events come, in whatever order', () => {
  test('the fold never throws, and the totals are the sums of the deposits that count', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        const bounty = fold(events);
        for (const denom of ['sol', 'usdc']) {
          const held = [...bounty.deposits.values()].filter((deposit) => deposit.denom === denom && counts(bounty, deposit));
          expect(totals(bounty).get(denom)?.funded ?? 0n).toBe(held.reduce((sum, deposit) => sum + whereabouts(deposit).held, 0n));
        }
      }),
    );
  });
  test('a funded offer never becomes unfunded, its money only leaves escrow', () => {
    const withMoney: string[] = ['funded', 'refunded', 'paid', 'closed'];
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        let bounty = noBounty;
        for (const event of events) {
          const next = evolve(bounty, event);
          for (const { id: offer, state } of bounty.offers.values()) if (withMoney.includes(state)) expect(withMoney).toContain(stateOf(next, offer));
          bounty = next;
        }
      }),
    );
  });
  test('the second time is a no-op', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 20 }), anyEvent, (events, event) => {
        const once = evolve(fold(events), event);
        expect(evolve(once, event)).toEqual(once);
      }),
    );
  });
});
