import { addressOf, cancel, close, compileTransaction, createTokenAccount, encodeBase58, localProgram, memo, parseAddress, payout, refund, refundShare, setComputeUnitLimit, setComputeUnitPrice, veto, type Address, type Instruction } from '@doubloon/escrow';
import { describe, expect, test } from 'vitest';
import { checkStep, sameStepTerms, type ShownStep } from './check-step.ts';
import type { DepositView } from './deposit-view.ts';
import type { DepositStep, StepTermsView } from './step-view.ts';

const someone = (byte: number) => addressOf(new Uint8Array(32).fill(byte));
const [wallet, funder, operator, winner, address, stranger, mint] = [7, 8, 9, 10, 11, 12, 13].map(someone) as [Address, Address, Address, Address, Address, Address, Address];

const share = (githubId: string, amount: string) => ({ githubId, bps: 5000, amount, text: '0', settled: undefined, signature: undefined, wallet: undefined, waitsFor: undefined, paysFrom: undefined, claimableUntil: undefined });
const deposit: DepositView = {
  address, state: 'awarded', denom: 'sol', amount: '500', text: '0.0000005', heldText: '', funder, approver: undefined, withRelayer: true, deadline: '', createdSlot: '1', sequence: '1', vetoed: false, gone: false, signature: undefined, endSignature: undefined,
  award: { shares: [share('5', '250'), share('6', '250')], by: ['funder'], awardedAt: '', finalAt: '', isFinal: false },
};
const of = { program: localProgram, deposit: address, operator };

const shown = (step: DepositStep, changes: Partial<StepTermsView> = {}): ShownStep => ({
  deposit, wallet, chosen: { step, share: step === 'payout' || step === 'refund-share' ? 1 : 0, by: step === 'veto' || step === 'cancel' ? [wallet] : [] },
  terms: {
    step, deposit: address, to: step === 'veto' ? undefined : step === 'payout' ? winner : funder,
    amount: step === 'veto' || step === 'close' ? undefined : step === 'payout' || step === 'refund-share' ? '250' : '500', text: undefined, mint: undefined, networkFee: '0.000005', rent: '0',
    cluster: 'localnet', genesisHash: 'g', program: localProgram, upgradeAuthority: undefined, programSha256: '', operator, ...changes,
  },
});

const made: Readonly<Record<DepositStep, Instruction>> = {
  veto: veto({ ...of, decider: wallet }),
  cancel: cancel({ ...of, funder, decider: wallet }),
  refund: refund({ ...of, funder }),
  'refund-share': refundShare({ ...of, funder, share: 1, githubId: '6' }),
  payout: payout({ ...of, share: 1, githubId: '6', wallet: winner }),
  close: close({ ...of, funder }),
};
const steps = Object.keys(made) as DepositStep[];
const guards = [setComputeUnitLimit(60_000), setComputeUnitPrice(1n), memo('Doubloon')];
const transaction = (instructions: readonly Instruction[], payer = wallet) => compileTransaction({ payer, blockhash: encodeBase58(new Uint8Array(32).fill(1)), instructions });

test.each(steps)('%s is what is signed when it is what the page shows', (step) => {
  expect(checkStep(transaction([...guards, made[step]]), shown(step))).toBeUndefined();
});

test.each(steps.flatMap((one) => steps.filter((two) => two !== one).map((two) => [one, two] as const)))('a page that shows %s does not take %s for it', (one, two) => {
  expect(checkStep(transaction([made[two]]), shown(one))).toBeDefined();
});

test.each<[string, DepositStep, Instruction]>([
  ['another deposit', 'refund', refund({ ...of, deposit: stranger, funder })],
  ['another receiver', 'refund', refund({ ...of, funder: stranger })],
  ['another receiver', 'close', close({ ...of, funder: stranger })],
  ['another receiver', 'refund-share', refundShare({ ...of, funder: stranger, share: 1, githubId: '6' })],
  ['another wallet', 'payout', payout({ ...of, share: 1, githubId: '6', wallet: stranger })],
  ['another share', 'payout', payout({ ...of, share: 0, githubId: '6', wallet: winner })],
  ['another person', 'payout', payout({ ...of, share: 1, githubId: '7', wallet: winner })],
  ['another operator', 'veto', veto({ ...of, operator: stranger, decider: wallet })],
  ['another decider', 'veto', veto({ ...of, decider: stranger })],
])('%s of a %s is refused', (_what, step, instruction) => {
  expect(checkStep(transaction([...guards, instruction]), shown(step))).toBeDefined();
});

test('a veto of what is void already is by nobody, and nobody is asked to decide', () => {
  const nobody = { ...shown('veto'), chosen: { step: 'veto', share: 0, by: [] } as const };
  expect(checkStep(transaction([veto(of)]), nobody)).toBeUndefined();
  expect(checkStep(transaction([made.veto]), nobody)).toBeDefined();
});

test('terms that say another receiver, amount, deposit or step than the page are refused', () => {
  expect(checkStep(transaction([refund({ ...of, funder: stranger })]), shown('refund', { to: stranger }))).toBe('who gets the money');
  expect(checkStep(transaction([made.payout]), shown('payout', { amount: '249' }))).toBe('the amount');
  expect(checkStep(transaction([made.refund]), shown('refund', { deposit: stranger }))).toBe('what it is for');
  expect(checkStep(transaction([made.refund]), shown('refund', { step: 'close' }))).toBe('what it is for');
  expect(checkStep(transaction([made.payout]), shown('payout', { to: undefined }))).toBe('its terms');
});

describe('in tokens', () => {
  const inTokens = (changes: Partial<StepTermsView> = {}) => shown('payout', { mint, ...changes });
  const paying = payout({ ...of, share: 1, githubId: '6', wallet: winner, mint });
  const opening = createTokenAccount({ payer: wallet, wallet: winner, mint });

  test('the account of whoever is paid is opened where the page says so, and nowhere else', () => {
    expect(checkStep(transaction([paying]), inTokens())).toBeUndefined();
    expect(checkStep(transaction([...guards, opening, paying]), inTokens({ rent: '0.002' }))).toBeUndefined();
    expect(checkStep(transaction([opening, paying]), inTokens())).toBe('what it calls');
  });

  test.each<[string, readonly Instruction[]]>([
    ['for somebody else', [createTokenAccount({ payer: wallet, wallet: stranger, mint })]],
    ['of another mint', [createTokenAccount({ payer: wallet, wallet: winner, mint: stranger })]],
    ['twice', [opening, opening]],
    ['by another call of that program', [{ ...opening, data: Uint8Array.of(2) }]],
  ])('it is not opened %s', (_how, before) => {
    expect(checkStep(transaction([...before, paying]), inTokens({ rent: '0.002' }))).toBeDefined();
  });
});

test('a second call, a strange program, another payer or rubbish is refused', () => {
  const drain: Instruction = { program: parseAddress('Stake11111111111111111111111111111111111111'), accounts: [{ address: wallet, signer: true, writable: true }], data: new Uint8Array([1]) };
  expect(checkStep(transaction([made.refund, made.close]), shown('refund'))).toBe('what it calls');
  expect(checkStep(transaction([made.refund, drain]), shown('refund'))).toBe('what it calls');
  expect(checkStep(transaction([made.refund], stranger), shown('refund'))).toBe('who pays');
  expect(checkStep(new Uint8Array([1]), shown('refund'))).toBe('its form');
});

test('only the network’s fee may change between what was read and what is built', () => {
  const { terms } = shown('payout');
  expect(sameStepTerms(terms, { ...terms, networkFee: '0.1' })).toBe(true);
  for (const change of [{ to: stranger }, { amount: '1' }, { rent: '0.002' }, { mint }, { operator: stranger }, { genesisHash: 'h' }]) expect(sameStepTerms(terms, { ...terms, ...change })).toBe(false);
});
