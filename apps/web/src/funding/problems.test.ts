import { DoubloonError } from '@doubloon/errors';
import { expect, test } from 'vitest';
import { problem, problemOf, problemOfSigned } from './problems.ts';

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

test.each(['CHAIN_ANSWER_MALFORMED', 'CHAIN_REFUSED', 'PROGRAM_REFUSED', 'INTERNAL', 'WALLET_INVALID'])('%s before anything was signed is not called a refusal of what was signed', (code) => {
  expect(problemOf({ code, message: 'Something.' }).title).not.toMatch(/signed transaction/);
});

test.each(['INTERNAL', 'SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CHAIN_UNAVAILABLE', 'SOMETHING_NEW'])('%s after the bytes were handed in says that nobody knows, and offers the same bytes again', (code) => {
  const shown = problemOfSigned({ code, message: 'Something.' });
  expect(shown).toMatchObject({ code: 'unsure', way: 'hand-in' });
  expect(`${shown.title} ${shown.advice}`).not.toMatch(/nothing was sent/i);
});

test.each(['TRANSACTION_REFUSED', 'BLOCKHASH_EXPIRED', 'OFFER_NOT_OPEN', 'REQUEST_INVALID', 'TOO_MANY_REQUESTS'])('%s after the bytes were handed in is a plain no', (code) => {
  expect(problemOfSigned({ code, message: 'Something.' })).toEqual(problemOf({ code, message: 'Something.' }));
});
