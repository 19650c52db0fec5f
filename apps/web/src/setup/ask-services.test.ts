import { expect, test } from 'vitest';
import { DoubloonError } from '@doubloon/errors';
import { meaningOf } from './ask-services.ts';

test.each([
  [new DoubloonError('OFFER_ABSENT', { offerId: '0' }), 'answers'],
  [new DoubloonError('SESSION_ABSENT', {}), 'answers'],
  [new DoubloonError('UNAUTHENTICATED', { method: 'm' }), 'refuses'],
  [new DoubloonError('FORBIDDEN', { method: 'm', caller: 'web' }), 'refuses'],
  [new DoubloonError('SERVICE_UNAVAILABLE', { service: 'treasury' }), 'silent'],
  [new DoubloonError('DEADLINE_EXCEEDED', { method: 'm' }), 'silent'],
  [new Error('anything'), 'silent'],
] as const)('%s: the service %s', (error, state) => {
  expect(meaningOf(error)).toBe(state);
});
