import { expect, test } from 'vitest';
import type { DepositView, StandingView } from './deposit-view.ts';
import { hasHappened, isAtRest, isUnderWay } from './standing.ts';
import type { SubmittedStepView } from './step-view.ts';
import { whatFollows } from './words.ts';

const share = { githubId: '5', bps: 10_000, amount: '1', text: '0.1', settled: undefined, signature: undefined, wallet: undefined, waitsFor: 'wallet', paysFrom: undefined, claimableUntil: '2027-03-01T00:00:00.000Z' } as const;
const held: DepositView = { address: 'd', state: 'held', denom: 'sol', amount: '1', text: '0.1', heldText: '', funder: 'f', approver: undefined, withRelayer: true, deadline: '2027-01-01T00:00:00.000Z', createdSlot: '1', sequence: '1', vetoed: false, gone: false, award: undefined, signature: undefined, endSignature: undefined };
const awarded: DepositView = { ...held, state: 'awarded', award: { shares: [share], by: ['funder'], awardedAt: '2026-12-01T00:00:00.000Z', finalAt: '2026-12-04T00:00:00.000Z', isFinal: false } };
const paid: DepositView = { ...awarded, state: 'paid', award: { ...awarded.award, shares: [{ ...share, settled: 'paid' }] } as NonNullable<DepositView['award']> };
const standing = (deposit: DepositView, submitted?: Partial<SubmittedStepView>): StandingView => ({
  deposit, issue: undefined, cluster: 'localnet', genesisHash: 'g', steps: [], stepsUnknown: false,
  submitted: submitted && { step: 'award', share: 0, signature: 's', wallet: 'w', state: 'sent', problem: '', ...submitted },
});

test('a step has happened when the deposit shows it', () => {
  expect([hasHappened(held, 'award', 0), hasHappened(awarded, 'award', 0)]).toEqual([false, true]);
  expect([hasHappened(awarded, 'veto', 0), hasHappened(held, 'veto', 0)]).toEqual([false, true]);
  expect([hasHappened(held, 'refund', 0), hasHappened({ ...held, state: 'refunded' }, 'refund', 0)]).toEqual([false, true]);
  expect([hasHappened(awarded, 'payout', 0), hasHappened(paid, 'payout', 0)]).toEqual([false, true]);
  expect([hasHappened(paid, 'close', 0), hasHappened({ ...paid, gone: true }, 'close', 0)]).toEqual([false, true]);
});

test('a page follows what was signed until the deposit shows it, or it came to nothing', () => {
  expect(isAtRest(standing(held))).toBe(true);
  for (const state of ['recorded', 'sent', 'confirmed'] as const) expect([isAtRest(standing(held, { state })), isUnderWay(standing(held, { state }))]).toEqual([false, true]);
  expect(isAtRest(standing(held, { state: 'finalized' }))).toBe(false);
  expect(isAtRest(standing(awarded, { state: 'finalized' }))).toBe(true);
  for (const state of ['expired', 'failed'] as const) expect(isAtRest(standing(held, { state }))).toBe(true);
});

test('what follows names the moment from which on anybody can act', () => {
  expect(whatFollows(standing(held), {})).toEqual(['Anybody can send it back to its funder from 2027-01-04 00:00 UTC on, when nobody was awarded. Until then it can be awarded, and the maintainers can send it back.']);
  expect(whatFollows({ ...standing(held), steps: [{ step: 'refund', share: 0, by: [] }] }, {})).toEqual(['Its time is over: anybody can send it back to its funder.']);
  expect(whatFollows(standing(awarded), { 5: 'ada' })).toEqual([
    'The award is final from 2026-12-04 00:00 UTC on. Until then its deciders can veto it.',
    'The share of ada waits until a wallet is linked. Unclaimed, it can be sent back from 2027-03-01 00:00 UTC on.',
  ]);
  expect(whatFollows({ ...standing(paid), stepsUnknown: true }, {})[0]).toContain('The chain does not answer');
});
