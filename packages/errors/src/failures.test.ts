import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DoubloonError } from './doubloon-error.ts';
import { sentences, type FailureCode, type Failures } from './failures.ts';

const source = readFileSync(new URL('failures.ts', import.meta.url), 'utf8');
const [facts = '', words = ''] = source.split('export type FailureCode');
const headings = (text: string) => [...text.matchAll(/^ {2}\/\/ (.*)$/gm)].map(([, heading]) => heading);
const codes = (text: string) => [...text.matchAll(/^ {2}([A-Z_]+): /gm)].map(([, code]) => code);

/** Facts of every name, so that each sentence finds its own. */
const any = Object.assign({ problems: ['one thing', 'another'] }, Object.fromEntries([
  'have', 'need', 'method', 'caller', 'service', 'problem', 'reference', 'code', 'folder', 'reason', 'waiting', 'type', 'topic', 'bytes', 'limit', 'operation', 'text', 'account', 'version',
  'call', 'platform', 'denom', 'offerId', 'state', 'wallet', 'pinned', 'found', 'program', 'login', 'step',
].map((name) => [name, name])), { sentence: 'What the other side said.', retryAfterMs: 1_500, amount: '1', minimum: '890880', lacking: [{ denom: 'sol', decimals: 9, balance: '0', needed: '1000000000', missing: '1500000000' }] });

test.each(Object.keys(sentences) as FailureCode[])('%s says one sentence that a person can read', (code) => {
  const { message } = new DoubloonError(code, any as unknown as Failures[typeof code]);
  expect(message).toMatch(/^["A-Z].*[^.]\.$|\)\.$/);
  expect(message).not.toMatch(/undefined|\[object|\n|\.\.| {2}/);
});

test('facts and sentences stand in the same order, under the same headings', () => {
  expect(codes(words)).toEqual(codes(facts));
  expect(headings(words)).toEqual(headings(facts));
  expect(new Set(codes(facts)).size).toBe(codes(facts).length);
});

test('no two codes say the same', () => {
  const said = (Object.keys(sentences) as FailureCode[]).map((code) => sentences[code](any as never));
  expect(new Set(said).size).toBe(said.length);
});

test('what is missing is told in each denom by itself, to the last base unit', () => {
  const lamports = { denom: 'sol', decimals: 9, balance: '0', needed: '18446744073709551615', missing: '1000000000' };
  expect(new DoubloonError('BALANCE_TOO_SMALL', { wallet: 'w', lacking: [lamports] }).message)
    .toBe('The wallet holds 0 SOL and needs 18446744073.709551615 SOL: 1 SOL are missing.');
  const tokens = { denom: 'usdc', decimals: 6, balance: null, needed: '50000000', missing: '50000000', account: 'a' };
  expect(new DoubloonError('BALANCE_TOO_SMALL', { wallet: 'w', lacking: [tokens, { ...lamports, needed: '5000', missing: '5000' }] }).message)
    .toBe('The wallet has no account for USDC yet (a) and needs 50 USDC: 50 USDC are missing. The wallet holds 0 SOL and needs 0.000005 SOL: 0.000005 SOL are missing.');
  expect(new DoubloonError('BALANCE_TOO_SMALL', { wallet: 'w', lacking: [{ denom: 'nft', decimals: 0, balance: '10', needed: '120', missing: '110' }] }).message)
    .toBe('The wallet holds 10 NFT and needs 120 NFT: 110 NFT are missing.');
  expect(new DoubloonError('AMOUNT_TOO_SMALL', { amount: '1', minimum: '890880' }).message).toBe('The amount of 0.000000001 SOL is below the 0.00089088 SOL that the chain needs.');
});
