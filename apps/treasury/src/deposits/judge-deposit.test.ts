import { expect, test } from 'vitest';
import { addressOf, depositAddress, localProgram as program, type Deposit } from '@doubloon/escrow';
import { judgeDeposit } from './judge-deposit.ts';

const someone = (byte: number) => addressOf(new Uint8Array(32).fill(byte));
const [operator, funder, stranger] = [someone(1), someone(2), someone(3)];
const offer = { repository_id: '11', issue_id: '22', nonce: '33', mint: null, amount: '500' };
const day = 86_400n;

const ours: Deposit = {
  bump: 255, state: 'funded', withRelayer: true, vetoed: false, operator, funder, approver: undefined, mint: undefined, repositoryId: '11', issueId: '22', nonce: 33n,
  amount: 500n, createdSlot: 9n, createdAt: 1_000_000n, deadline: 1_000_000n + 90n * day, endedAt: undefined, sequence: 1n, award: undefined,
};
const addressIn = (deposit: Deposit) => depositAddress({ program, ...deposit }).address;
const judge = (deposit: Deposit, address = addressIn(deposit)) => judgeDeposit(deposit, address, { program, operator, offer });

test('a deposit under our terms counts, also when it landed some minutes after it was built', () => {
  expect(judge(ours)).toBeUndefined();
  expect(judge({ ...ours, createdAt: ours.createdAt + 600n })).toBeUndefined();
});

test.each<[string, Partial<Deposit>]>([
  ['another operator', { operator: stranger }],
  ['another offer', { nonce: 34n }],
  ['another offer', { issueId: '23' }],
  ['another offer', { repositoryId: '12' }],
  ['another mint', { mint: stranger }],
  ['another amount', { amount: 501n }],
  ['another amount', { amount: 499n }],
  ['other deciders', { withRelayer: false }],
  ['other deciders', { approver: stranger }],
  ['another deadline', { deadline: ours.createdAt + 88n * day }],
  ['another deadline', { deadline: ours.createdAt + 365n * day }],
  ['another deadline', { deadline: ours.createdAt + 3_600n }],
])('%s is never counted (%o)', (problem, change) => {
  expect(judge({ ...ours, ...change })).toBe(problem);
});

test('an account at another address than its fields lead to is never counted', () => {
  expect(judge(ours, stranger)).toBe('another address');
});
