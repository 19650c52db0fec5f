import { DoubloonError } from '@doubloon/errors';
import { expect, test } from 'vitest';
import { linkProblem, problemOf, problemOfSigned } from './problems.ts';

const refusal = (error: DoubloonError) => ({ code: error.code, message: error.message });

test('what stands against a step is told in the words of the service', () => {
  const shown = problemOf(refusal(new DoubloonError('LINK_STEP_IMPOSSIBLE', { step: 'change', problem: 'another change is under way' })));
  expect(shown).toMatchObject({ code: 'impossible', way: 'reload' });
  expect(shown.advice).toContain('another change is under way');
});

test('a session that ended leads back to the sign-in, before and after signing', () => {
  const over = refusal(new DoubloonError('SESSION_ABSENT', {}));
  expect(problemOf(over)).toMatchObject({ code: 'signed-out', way: 'reload' });
  expect(problemOfSigned(over)).toMatchObject({ code: 'signed-out' });
});

test('GitHub that is away is named, before and after signing: nothing was taken', () => {
  const away = refusal(new DoubloonError('GITHUB_UNAVAILABLE', { call: '/user/1' }));
  for (const shown of [problemOf(away), problemOfSigned(away)]) expect(shown).toMatchObject({ code: 'github-away', advice: expect.not.stringContaining('/user/1') as unknown });
});

test.each(['SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'INTERNAL', 'CHAIN_UNAVAILABLE', 'SOMETHING_NEW'])('%s after signing: nobody knows, and the same bytes can be handed in again', (code) => {
  expect(problemOfSigned({ code, message: 'Hm.' })).toMatchObject({ code: 'unsure', way: 'hand-in' });
});

test('a transaction that differs from the page offers no way to sign it after all', () => {
  expect(linkProblem('terms-differ').again).toBeUndefined();
});
