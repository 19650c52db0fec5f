import { addressOf, award, compileTransaction, encodeBase58, localProgram, memo, parseAddress, setComputeUnitLimit, setComputeUnitPrice, veto, type Instruction } from '@doubloon/escrow';
import { expect, test } from 'vitest';
import { checkAward, sameAwardTerms, type ShownAward } from './check-award.ts';
import type { DepositView } from './deposit-view.ts';
import type { AwardTermsView } from './split-view.ts';

const someone = (byte: number) => addressOf(new Uint8Array(32).fill(byte));
const [wallet, stranger, operator, relayer, deposit] = [7, 8, 9, 10, 11].map(someone) as [ReturnType<typeof someone>, ReturnType<typeof someone>, ReturnType<typeof someone>, ReturnType<typeof someone>, ReturnType<typeof someone>];
const shares = [{ githubId: '583231', bps: 3334 }, { githubId: '9919', bps: 6666 }];

const held: DepositView = {
  address: deposit, state: 'held', denom: 'sol', amount: '500000001', text: '0.500000001', heldText: '0.500000001', funder: wallet, approver: undefined, withRelayer: true,
  deadline: '2027-02-19T13:00:00.000Z', createdSlot: '42', sequence: '3', vetoed: false, gone: false, award: undefined, signature: undefined, endSignature: undefined,
};
const terms: AwardTermsView = {
  deposit, wallet, createdSlot: '42', sequence: '3', relayer: undefined, atOnce: false, finalAt: '2026-11-25T00:00:00.000Z', aloneBecause: undefined, networkFee: '0.000005',
  cluster: 'localnet', genesisHash: 'g', program: localProgram, upgradeAuthority: undefined, programSha256: '', operator,
};
const shown: ShownAward = {
  deposit: held, terms, wallet,
  people: [{ githubId: '583231', login: 'octocat', bps: 3334, isLinked: true }, { githubId: '9919', login: 'github', bps: 6666, isLinked: undefined }],
  split: { deposit, denom: 'sol', problem: undefined, shares: [{ githubId: '583231', bps: 3334, amount: '166700001', text: '0.166700001' }, { githubId: '9919', bps: 6666, amount: '333300000', text: '0.3333' }] },
};
const byTwo: ShownAward = { ...shown, terms: { ...terms, relayer, atOnce: true, networkFee: '0.00001' } };

const agreed = { program: localProgram, operator, deposit, deciders: [wallet], createdSlot: 42n, sequence: 3n, shares };
const guards = [setComputeUnitLimit(60_000), setComputeUnitPrice(1n), memo('Doubloon: award')];
const transaction = (instructions: readonly Instruction[], payer = wallet) => compileTransaction({ payer, blockhash: encodeBase58(new Uint8Array(32).fill(1)), instructions });

test('the shares of the deposit that the page shows, by the wallet alone or with the relayer, are what is signed', () => {
  expect(checkAward(transaction([...guards, award(agreed)]), shown)).toBeUndefined();
  expect(checkAward(transaction([...guards, award({ ...agreed, deciders: [wallet, relayer] })]), byTwo)).toBeUndefined();
});

test.each<[string, Partial<typeof agreed>]>([
  ['one basis point moved', { shares: [{ githubId: '583231', bps: 3333 }, { githubId: '9919', bps: 6667 }] }],
  ['somebody else', { shares: [{ githubId: '583232', bps: 3334 }, { githubId: '9919', bps: 6666 }] }],
  ['the shares turned round', { shares: shares.toReversed() }],
  ['one person more', { shares: [{ githubId: '583231', bps: 3334 }, { githubId: '9919', bps: 6665 }, { githubId: '1', bps: 1 }] }],
  ['one person less', { shares: [{ githubId: '583231', bps: 10_000 }] }],
  ['another deposit', { deposit: stranger }],
  ['another operator', { operator: stranger }],
  ['another slot', { createdSlot: 43n }],
  ['another sequence', { sequence: 4n }],
  ['another program', { program: parseAddress('Stake11111111111111111111111111111111111111') }],
  ['another decider', { deciders: [stranger] }],
  ['a second key nobody showed', { deciders: [wallet, relayer] }],
])('%s is refused', (_what, change) => {
  expect(checkAward(transaction([...guards, award({ ...agreed, ...change })]), shown)).toBeDefined();
});

test('what is shown as by two is not taken for the wallet alone, nor with another second key', () => {
  expect(checkAward(transaction([award(agreed)]), byTwo)).toBeDefined();
  expect(checkAward(transaction([award({ ...agreed, deciders: [wallet, stranger] })]), byTwo)).toBeDefined();
});

test('terms that say less than they mean are refused, whatever the bytes are', () => {
  const bytes = transaction([award(agreed)]);
  const saying = (change: Partial<AwardTermsView>) => checkAward(bytes, { ...shown, terms: { ...terms, ...change } });
  expect(saying({ deposit: stranger })).toBe('the deposit');
  expect(saying({ createdSlot: '41' })).toBe('the deposit');
  expect(saying({ wallet: stranger })).toBe('the deposit');
  expect(saying({ atOnce: true })).toBe('who decides');
  expect(saying({ operator: 'nonsense' })).toBe('its terms');
  expect(checkAward(bytes, { ...shown, deposit: { ...held, withRelayer: false } })).toBe('who decides');
  expect(checkAward(bytes, { ...shown, deposit: { ...held, withRelayer: false }, terms: { ...terms, atOnce: true } })).toBeUndefined();
});

test('amounts on the page that these shares do not come to are refused', () => {
  const bytes = transaction([award(agreed)]);
  const split = (change: object) => ({ ...shown, split: { ...shown.split, ...change } });
  expect(checkAward(bytes, split({ shares: shown.split.shares.map((one, index) => (index === 0 ? { ...one, amount: '166700000' } : one)) }))).toBe('the amounts');
  expect(checkAward(bytes, split({ shares: shown.split.shares.slice(1) }))).toBe('the amounts');
  expect(checkAward(bytes, split({ deposit: stranger }))).toBe('the amounts');
});

test('a second call, a call of a program nobody showed, another payer, or rubbish is refused', () => {
  const drain: Instruction = { program: parseAddress('Stake11111111111111111111111111111111111111'), accounts: [{ address: wallet, signer: true, writable: true }], data: new Uint8Array([1]) };
  expect(checkAward(transaction([award(agreed), veto({ program: localProgram, deposit, operator, decider: wallet })]), shown)).toBe('what it calls');
  expect(checkAward(transaction([award(agreed), drain]), shown)).toBe('what it calls');
  expect(checkAward(transaction([award(agreed)], stranger), shown)).toBe('who pays');
  expect(checkAward(transaction([setComputeUnitPrice(10n ** 12n), award(agreed)]), shown)).toBe('the network fee');
  expect(checkAward(new Uint8Array([1, 2, 3]), shown)).toBe('its form');
});

test('only moments and fees may change between what was read and what is built', () => {
  expect(sameAwardTerms(terms, { ...terms, finalAt: 'later', networkFee: '0.00002', aloneBecause: 'x' })).toBe(true);
  for (const change of [{ relayer }, { atOnce: true }, { operator: stranger }, { program: stranger }, { genesisHash: 'h' }, { sequence: '4' }, { wallet: stranger }]) expect(sameAwardTerms(terms, { ...terms, ...change })).toBe(false);
});
