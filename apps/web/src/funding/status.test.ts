import { expect, test } from 'vitest';
import type { OfferView } from './offer-view.ts';
import { stageOf, statusOf } from './status.ts';

const offer = (state: OfferView['state'], submission?: 'recorded' | 'sent' | 'confirmed' | 'finalized' | 'expired'): OfferView => ({
  id: '0'.repeat(32),
  state,
  issue: { repositoryId: '1', issueId: '2', repository: 'o/r', number: 3, title: 't', url: 'u' },
  offeredBy: 'ada',
  denom: 'sol',
  amount: '1',
  text: '0.000000001',
  sourceUrl: 'u',
  expiresAt: '',
  replacedBy: undefined,
  submission: submission && { signature: 's', wallet: 'w', state: submission, problem: '' },
  deposit: undefined,
});

test('only a finalized deposit counts as funded, never a signature', () => {
  expect(statusOf(offer('submitted', 'finalized'), 'connected')).not.toMatch(/funded/i);
  expect(statusOf(offer('funded', 'finalized'), 'connected')).toBe('Funded. The money is in escrow.');
});

test('stages advance with the submission', () => {
  expect((['recorded', 'sent', 'confirmed', 'finalized'] as const).map((state) => stageOf(offer('submitted', state)))).toEqual([1, 2, 3, 4]);
  expect(stageOf(offer('offered', 'expired'))).toBe(0);
});

test.each(['choosing', 'connecting', 'connected', 'building', 'signing', 'submitting'] as const)('the step %s is announced', (step) => {
  expect(statusOf(offer('offered'), step)).not.toBe('');
});
