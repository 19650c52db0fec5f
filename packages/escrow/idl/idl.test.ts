import { readFileSync } from 'node:fs';
import type { RootNode } from '@codama/node-types';
import { expect, test } from 'vitest';
import {
  addressOf, award, cancel, cancelChange, changeAdmin, changeWallet, close, createOperator, depositAddress, depositLayout, disableKeys, fundSol, fundToken, hostHash, identityAddress, identityLayout, instructionNumbers,
  linkIdentity, localProgram as program, operatorAddress, operatorLayout, payout, programErrors, refund, refundShare, scheduleKeys, settleChange, unlinkIdentity, veto, type Instruction,
} from '../src/index.ts';
import { eventBytes } from '../src/events.ts';
import { idlClient, type Passed } from '../testing/idl-client.ts';
import { idlText } from './root.ts';

const text = readFileSync(new URL('../idl.json', import.meta.url), 'utf8');
const root = JSON.parse(text) as RootNode;
const client = idlClient(root);

const address = (byte: number) => addressOf(new Uint8Array(32).fill(byte));
const [admin, relayer, attestor, funder, approver, wallet, next, mint, payer, tokenAccount] = [address(1), address(2), address(3), address(4), address(5), address(6), address(7), address(8), address(9), address(10)];
const operator = operatorAddress({ program, firstAdmin: admin }).address;
const githubId = '18446744073709551615';
const user = { program, operator, githubId };
const identity = identityAddress(user);
const place = { program, operator, repositoryId: '1296269', issueId: '42', funder, nonce: 7n };
const deposit = depositAddress(place).address;
const terms = { ...place, amount: 1_500_000_000n, deadline: -2n, withRelayer: true };
const said = { withRelayer: true, repositoryId: 1_296_269n, issueId: 42n, nonce: 7n, amount: 1_500_000_000n, deadline: -2n };
const shares = [{ githubId, bps: 9999 }, { githubId: '1', bps: 1 }];
const money = { program, deposit, operator, funder };

/** What a caller passes by the names of the IDL, and the instruction that our own builder makes of the same. */
const calls: readonly (readonly [name: string, passed: Passed, ours: Instruction])[] = [
  ['createOperator', { admin, hostHash: hostHash('github.com'), relayer, attestor }, createOperator({ program, admin, host: 'github.com', relayer, attestor })],
  ['changeAdmin', { operator, admin, next }, changeAdmin({ program, operator, admin, next })],
  ['scheduleKeys', { operator, admin, attestor }, scheduleKeys({ program, operator, admin, attestor })],
  ['disableKeys', { operator, admin, keys: 3 }, disableKeys({ program, operator, admin, keys: ['relayer', 'attestor'] })],
  ['linkIdentity', { payer, operator, attestor, wallet, githubId: BigInt(githubId), expiry: 99n }, linkIdentity({ ...user, payer, attestor, wallet, expiry: 99n })],
  ['changeWallet', { identity: identity.address, operator, attestor, wallet, expiry: 99n }, changeWallet({ ...user, attestor, wallet, expiry: 99n })],
  ['cancelChange', { identity: identity.address, operator, wallet }, cancelChange({ ...user, wallet })],
  ['settleChange', { identity: identity.address, operator, oldWallet: wallet, newWallet: next }, settleChange({ ...user, oldWallet: wallet, newWallet: next })],
  ['unlinkIdentity', { identity: identity.address, operator, wallet }, unlinkIdentity({ ...user, wallet })],
  ['fundSol', { funder, operator, ...said }, fundSol(terms)],
  ['fundSol', { funder, operator, ...said, withRelayer: true, approver }, fundSol({ ...terms, approver })],
  ['fundToken', { funder, operator, mint, ...said }, fundToken({ ...terms, mint })],
  ['fundToken', { funder, operator, mint, ...said, source: tokenAccount }, fundToken({ ...terms, mint, source: tokenAccount })],
  ['award', { deposit, operator, createdSlot: 5n, sequence: 6n, shares: shares.map((share) => ({ ...share, githubId: BigInt(share.githubId) })), deciders: [funder, relayer] }, award({ ...money, deciders: [funder, relayer], createdSlot: 5n, sequence: 6n, shares })],
  ['veto', { deposit, operator, decider: funder }, veto({ ...money, decider: funder })],
  ['veto', { deposit, operator }, veto(money)],
  ['payout', { deposit, operator, identity: identity.address, wallet, share: 1 }, payout({ ...money, share: 1, githubId, wallet })],
  ['payoutToken', { deposit, operator, identity: identity.address, wallet, mint, share: 1 }, payout({ ...money, share: 1, githubId, wallet, mint })],
  ['payoutToken', { deposit, operator, identity: identity.address, wallet, walletSigns: true, mint, destination: tokenAccount, share: 1 }, payout({ ...money, share: 1, githubId, wallet, mint, tokenAccount })],
  ['cancel', { deposit, funder, operator, decider: relayer }, cancel({ ...money, decider: relayer })],
  ['cancelToken', { deposit, funder, operator, decider: relayer, mint }, cancel({ ...money, decider: relayer, mint })],
  ['refund', { deposit, funder }, refund(money)],
  ['refundToken', { deposit, funder, mint }, refund({ ...money, mint })],
  ['refundShare', { deposit, funder, operator, identity: identity.address, identityBump: identity.bump, share: 2 }, refundShare({ ...money, share: 2, githubId })],
  ['refundShareToken', { deposit, funder, operator, identity: identity.address, identityBump: identity.bump, share: 2, mint }, refundShare({ ...money, share: 2, githubId, mint })],
  ['close', { deposit, funder }, close(money)],
  ['closeToken', { deposit, funder, mint }, close({ ...money, mint })],
  ['closeToken', { deposit, funder, funderSigns: true, mint, destination: tokenAccount }, close({ ...money, mint, tokenAccount })],
];

test('idl.json is what the tables give: `just escrow-idl` writes it', () => {
  expect(text).toBe(idlText());
});

test.each(calls)('a client made from the IDL alone writes %s as our own does, and knows it again', (name, passed, ours) => {
  expect(client.build(name, passed)).toEqual(ours);
  expect(client.named(ours.data)).toEqual([name]);
});

test('every instruction of the IDL and every number of the program is among them', () => {
  expect(new Set(calls.map(([name]) => name))).toEqual(new Set(root.program.instructions?.map(({ name }) => name)));
  expect(new Set(calls.map(([, , ours]) => ours.data[0]))).toEqual(new Set(Object.values(instructionNumbers)));
});

test.each([['operator', operatorLayout], ['identity', identityLayout], ['deposit', depositLayout]] as const)('the fields of the %s account stand where they are read', (name, { size, fields }) => {
  const account = root.program.accounts?.find((it) => it.name === name);
  if (account?.data.kind !== 'structTypeNode') throw new Error('no struct');
  expect(client.sizeOf(account.data)).toBe(size);
  expect(client.offsets(account.data)).toMatchObject(Object.fromEntries(Object.entries(fields).map(([field, { offset }]) => [field, offset])));
});

test('the event has its bytes, and every error its number and words', () => {
  const [event] = root.program.events ?? [];
  if (event?.data.kind !== 'structTypeNode') throw new Error('no struct');
  expect(client.sizeOf(event.data)).toBe(eventBytes);
  expect(client.offsets(event.data)).toMatchObject({ version: 0, by: 1, account: 8, sequence: 40, amount: 48 });
  expect(root.program.errors?.map(({ code, message }) => [code, message])).toEqual(Object.values(programErrors).map(([code, message]) => [code, message]));
});
