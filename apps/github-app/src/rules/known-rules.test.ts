import { create, identity, type MessageInitShape } from '@doubloon/rpc';
import { expect, test } from 'vitest';
import { defaultKnownRules, knownRules } from './known-rules.ts';

const told = (init: MessageInitShape<typeof identity.GetRulesResponseSchema>) => knownRules(create(identity.GetRulesResponseSchema, init));

test('what a file says about what we show is taken over, with the minimum of each denom that has one', () => {
  const limits = [{ denom: 'sol', minimum: '500000000', maximum: '' }, { denom: 'usdc', minimum: '', maximum: '10' }];
  expect(told({ present: true, rules: { labels: false, silent: true, shadow: true, autoAwardAfterSeconds: 3_600, limits } })).toEqual({ labels: false, silent: true, shadow: true, autoAwardAfterSeconds: 3_600, minimums: { sol: '500000000' }, problems: [] });
});

test('an answer without rules has the defaults, and says what is wrong with the file', () => {
  expect(told({ problems: ['Line 1: no.'] })).toEqual({ ...defaultKnownRules, problems: ['Line 1: no.'] });
});

test('they are kept as they are', () => { expect(JSON.parse(JSON.stringify(defaultKnownRules))).toEqual(defaultKnownRules); });
