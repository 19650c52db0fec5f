import { DoubloonError } from '@doubloon/errors';
import { expect, test } from 'vitest';
import { problemOfSignIn, signInProblem } from './sign-in-problems.ts';

test.each([
  ['denied', 'denied'], ['code', 'code'], ['state', 'mixed'], ['over', 'late'], ['account', 'account'], ['not-a-person', 'not-a-person'], ['settings', 'settings'], ['something new', 'code'],
])('refused for %s is shown as %s', (reason, problem) => {
  expect(problemOfSignIn(new DoubloonError('SIGN_IN_REFUSED', { reason, problem: 'x' }))).toBe(problem);
});

test('each problem has words, and what the address of a page makes up has none', () => {
  for (const failure of [new DoubloonError('SESSION_ABSENT', {}), new DoubloonError('GITHUB_UNAVAILABLE', { call: 'x' }), new DoubloonError('RATE_LIMITED', { retryAfterMs: 1 }), new Error('x')])
    expect(signInProblem(problemOfSignIn(failure))?.title).toBeTruthy();
  for (const name of [null, '', 'constructor', '__proto__', '<script>']) expect(signInProblem(name)).toBeUndefined();
});
