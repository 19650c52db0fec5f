import { DoubloonError } from '@doubloon/errors';
import { expect, test } from 'vitest';
import { problem, problemOf } from './problems.ts';

test('a refusal keeps the sentence of the server, which knows how much is missing', () => {
  const shown = problemOf({ code: 'BALANCE_TOO_SMALL', message: '0.25 SOL are missing.' });
  expect(shown.code).toBe('balance-too-small');
  expect(shown.advice).toBe('0.25 SOL are missing. Nothing was sent.');
});

test('a code this page does not know is shown as a refusal and never swallowed', () => {
  expect(problemOf({ code: 'SOMETHING_NEW', message: 'The bank is closed.' })).toMatchObject({ code: 'refused', advice: 'The bank is closed. Nothing was sent.' });
});

test('a node of another chain is no refusal of what was signed, and what its operator has to do is not told to others', () => {
  const { message } = new DoubloonError('GENESIS_MISMATCH', { pinned: 'one', found: 'other' });
  const shown = problemOf({ code: 'GENESIS_MISMATCH', message });
  expect(shown.code).toBe('other-chain');
  expect(shown.advice).not.toContain('SOLANA_RPC_URL');
});

test('a transaction that differs from the page offers no way to sign it after all', () => {
  expect(problem('terms-differ').again).toBeUndefined();
});
