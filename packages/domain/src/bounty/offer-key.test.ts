import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseGitHubId } from '../ids.ts';
import type { GitHubId } from '../ids.ts';
import { diffOffers, numberOffers, offerKey, type OfferTerms } from './offer-key.ts';

const usdc = (amount: bigint): OfferTerms => ({ denom: 'usdc', amount });
const sol = (amount: bigint): OfferTerms => ({ denom: 'sol', amount });
const nth = (offer: OfferTerms, count = 0) => ({ ...offer, nth: count });

test('a key names source, terms and which of the equal ones', () => {
  const source = { kind: 'issue-comment', id: parseGitHubId('9007199254740993') as GitHubId } as const;
  const keys = numberOffers([usdc(5n), sol(1n), usdc(5n)]).map((offer) => offerKey(source, offer));
  expect(keys).toEqual(['issue-comment:9007199254740993:usdc:5:0', 'issue-comment:9007199254740993:sol:1:0', 'issue-comment:9007199254740993:usdc:5:1']);
});

describe('an edit', () => {
  test('that leaves the sequence as it was produces nothing at all', () => {
    expect(diffOffers([usdc(5n), sol(1n)], [usdc(5n), sol(1n)])).toEqual({ kept: [nth(usdc(5n)), nth(sol(1n))], replaced: [], vanished: [], added: [] });
  });
  test('that moves offers about keeps them', () => {
    expect(diffOffers([usdc(5n), sol(1n)], [sol(1n), usdc(5n)])).toMatchObject({ replaced: [], vanished: [], added: [] });
  });
  test('of an amount replaces the offer', () => {
    expect(diffOffers([usdc(5n)], [usdc(6n)])).toEqual({ kept: [], replaced: [{ before: nth(usdc(5n)), after: nth(usdc(6n)) }], vanished: [], added: [] });
  });
  test('replaces within a denom before it replaces across denoms', () => {
    expect(diffOffers([usdc(5n), sol(1n)], [sol(2n), usdc(6n)]).replaced).toEqual([
      { before: nth(usdc(5n)), after: nth(usdc(6n)) },
      { before: nth(sol(1n)), after: nth(sol(2n)) },
    ]);
    expect(diffOffers([usdc(5n)], [sol(2n)]).replaced).toEqual([{ before: nth(usdc(5n)), after: nth(sol(2n)) }]);
  });
  test('that removes one of two equal offers takes the last of them', () => {
    expect(diffOffers([usdc(5n), usdc(5n)], [usdc(5n)])).toEqual({ kept: [nth(usdc(5n))], replaced: [], vanished: [nth(usdc(5n), 1)], added: [] });
  });
  test('that repeats an offer adds a second one', () => {
    expect(diffOffers([usdc(5n)], [usdc(5n), usdc(5n)])).toEqual({ kept: [nth(usdc(5n))], replaced: [], vanished: [], added: [nth(usdc(5n), 1)] });
  });
  test('that removes everything leaves nothing', () => {
    expect(diffOffers([usdc(5n)], [])).toEqual({ kept: [], replaced: [], vanished: [nth(usdc(5n))], added: [] });
  });
});

test('every offer of before and after stands in exactly one place, and nothing vanishes beside something new', () => {
  const some = fc.array(fc.record({ denom: fc.constantFrom('usdc', 'sol'), amount: fc.bigInt({ min: 1n, max: 3n }) }), { maxLength: 8 });
  const sorted = (offers: readonly OfferTerms[]): string[] => offers.map((offer) => JSON.stringify(offer, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))).sort();
  fc.assert(
    fc.property(some, some, (before, after) => {
      const { kept, replaced, vanished, added } = diffOffers(before, after);
      expect(sorted([...kept, ...replaced.map((pair) => pair.before), ...vanished])).toEqual(sorted(numberOffers(before)));
      expect(sorted([...kept, ...replaced.map((pair) => pair.after), ...added])).toEqual(sorted(numberOffers(after)));
      expect(Math.min(vanished.length, added.length)).toBe(0);
    }),
  );
});
