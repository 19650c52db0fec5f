import { addressOf, compileTransaction, computeBudgetProgram, depositAddress, depositNonce, encodeBase58, fundSol, fundToken, localProgram, memo, parseAddress, refund, setComputeUnitLimit, setComputeUnitPrice, type FundSolTerms, type FundTokenTerms, type Instruction } from '@doubloon/escrow';
import { expect, test } from 'vitest';
import { checkFunding, type Shown } from './check-funding.ts';

const someone = (byte: number) => addressOf(new Uint8Array(32).fill(byte));
const [wallet, stranger, operator] = [someone(7), someone(8), someone(9)];
const deadline = '2027-02-19T13:00:00.000Z';
const offerId = '0123456789abcdef0123456789abcdef';

const agreed: FundSolTerms = {
  program: localProgram,
  operator,
  repositoryId: '812345678',
  issueId: '2912345678',
  funder: wallet,
  nonce: depositNonce(offerId),
  amount: 500_000_000n,
  deadline: BigInt(Date.parse(deadline)) / 1000n,
  withRelayer: true,
};

const shown: Shown = {
  offer: {
    id: offerId,
    state: 'offered',
    issue: { repositoryId: '812345678', issueId: '2912345678', repository: 'ada/engine', number: 3, title: 'Fix it', url: 'https://github.example/ada/engine/issues/3' },
    offeredBy: 'ada',
    denom: 'sol',
    amount: '500000000',
    text: '0.5',
    sourceUrl: 'https://github.example/ada/engine/issues/3#issuecomment-1',
    expiresAt: deadline,
    replacedBy: undefined,
    submission: undefined,
    deposit: undefined,
  },
  terms: {
    cluster: 'localnet',
    genesisHash: 'g',
    program: localProgram,
    upgradeAuthority: undefined,
    programSha256: '',
    operator,
    mint: undefined,
    currency: 'SOL',
    issuer: '',
    deadline,
    graceHours: 72,
    windowHours: 72,
    withRelayer: true,
    approver: undefined,
    networkFee: '0.000005',
    rent: '0.003',
  },
  wallet,
  deposit: depositAddress(agreed).address,
  deadline,
};

const guards = [setComputeUnitLimit(60_000), setComputeUnitPrice(1n), memo('Doubloon: 0.5 SOL for ada/engine#3')];
const transaction = (instructions: readonly Instruction[], payer = wallet) => compileTransaction({ payer, blockhash: encodeBase58(new Uint8Array(32).fill(1)), instructions });

test('what the page shows, with compute budget and memo around it, is what is signed', () => {
  expect(checkFunding(transaction([...guards, fundSol(agreed)]), shown)).toBeUndefined();
});

test.each<[string, Partial<FundSolTerms>]>([
  ['another amount', { amount: 500_000_001n }],
  ['another issue', { issueId: '2912345679' }],
  ['another repository', { repositoryId: '812345679' }],
  ['another operator', { operator: stranger }],
  ['another deadline', { deadline: agreed.deadline + 1n }],
  ['an approver nobody showed', { approver: stranger }],
  ['the funder deciding alone', { withRelayer: false }],
  ['another nonce', { nonce: 1n }],
  ['another program', { program: parseAddress('Stake11111111111111111111111111111111111111') }],
])('%s is refused', (_what, change) => {
  expect(checkFunding(transaction([fundSol({ ...agreed, ...change })]), shown)).toBeDefined();
});

test('a second call into the program is refused', () => {
  const extra = refund({ program: localProgram, deposit: shown.deposit as never, funder: wallet });
  expect(checkFunding(transaction([fundSol(agreed), extra]), shown)).toBe('what it calls');
});

test('an instruction of a program nobody showed is refused', () => {
  const drain: Instruction = { program: parseAddress('Stake11111111111111111111111111111111111111'), accounts: [{ address: wallet, signer: true, writable: true }], data: new Uint8Array([1]) };
  expect(checkFunding(transaction([fundSol(agreed), drain]), shown)).toBe('what it calls');
});

test('a network fee far above the one shown is refused: a server could burn the wallet with it', () => {
  expect(checkFunding(transaction([setComputeUnitLimit(1_400_000), setComputeUnitPrice(1_000_000_000n), fundSol(agreed)]), shown)).toBe('the network fee');
  expect(checkFunding(transaction([setComputeUnitPrice(10n ** 15n), fundSol(agreed)]), shown)).toBe('the network fee');
  expect(checkFunding(transaction([{ program: computeBudgetProgram, accounts: [], data: Uint8Array.of(1, 0, 0, 0, 1) }, fundSol(agreed)]), shown)).toBe('the network fee');
  expect(checkFunding(transaction([setComputeUnitLimit(60_000), setComputeUnitPrice(50_000n), fundSol(agreed)]), shown)).toBeUndefined();
});

test('an account that is asked for more than it has to give is refused', () => {
  const greedy = { ...fundSol(agreed), accounts: fundSol(agreed).accounts.map((account) => ({ ...account, writable: true })) };
  expect(checkFunding(transaction([greedy]), shown)).toBe('the accounts it touches');
});

test('somebody else as payer is refused', () => {
  expect(checkFunding(transaction([fundSol(agreed)], stranger), shown)).toBe('who pays');
});

test('a deadline far from the one shown is refused even when everything else agrees with it', () => {
  const later = '2027-03-19T13:00:00.000Z';
  const built = fundSol({ ...agreed, deadline: BigInt(Date.parse(later)) / 1000n });
  expect(checkFunding(transaction([built]), { ...shown, deadline: later })).toBe('the deadline');
});

test('rubbish is refused and never thrown', () => {
  expect(checkFunding(new Uint8Array([1, 2, 3]), shown)).toBe('its form');
});


const mint = someone(20);
const shownInTokens: Shown = { ...shown, offer: { ...shown.offer, denom: 'usdc', amount: '50000000', text: '50' }, terms: { ...shown.terms, mint, currency: 'usdc' } };
const inTokens: FundTokenTerms = { ...agreed, amount: 50_000_000n, mint };

test('tokens of the mint that is shown, from the wallet’s own account into the deposit’s own vault', () => {
  expect(checkFunding(transaction([...guards, fundToken(inTokens)]), shownInTokens)).toBeUndefined();
});

test.each<[string, Instruction]>([
  ['another mint', fundToken({ ...inTokens, mint: stranger })],
  ['one base unit more', fundToken({ ...inTokens, amount: 50_000_001n })],
  ['one base unit less', fundToken({ ...inTokens, amount: 49_999_999n })],
  ['another issue', fundToken({ ...inTokens, issueId: '2912345679' })],
  ['another operator', fundToken({ ...inTokens, operator: stranger })],
  ['the tokens of another account', fundToken({ ...inTokens, source: stranger })],
  ['the funder deciding alone', fundToken({ ...inTokens, withRelayer: false })],
  ...([5, 6, 7] as const).map((place): [string, Instruction] => [`another account in place ${String(place)}`, {
    ...fundToken(inTokens), accounts: fundToken(inTokens).accounts.map((account, index) => (index === place ? { ...account, address: stranger } : account)),
  }]),
  ['another bump of the vault', { ...fundToken(inTokens), data: fundToken(inTokens).data.map((byte, index) => (index === 75 ? byte - 1 : byte)) }],
])('in tokens %s is refused', (_what, instruction) => {
  expect(checkFunding(transaction([...guards, instruction]), shownInTokens)).toBeDefined();
});

test('a page that shows SOL takes no tokens, and the other way round', () => {
  expect(checkFunding(transaction([fundToken({ ...inTokens, amount: agreed.amount })]), shown)).toBe('the accounts it touches');
  expect(checkFunding(transaction([fundSol({ ...agreed, amount: inTokens.amount })]), shownInTokens)).toBe('the accounts it touches');
});
