import { addressOf, cancelChange, changeWallet, compileTransaction, encodeBase58, identityAddress, linkIdentity, localProgram, memo, parseAddress, parseTransaction, setComputeUnitLimit, setComputeUnitPrice, settleChange, unlinkIdentity, type Address, type Instruction } from '@doubloon/escrow';
import { AddressLookupTableAccount, PublicKey, Transaction, TransactionInstruction, TransactionMessage, VersionedTransaction } from '@solana/web3.js';
import { expect, test } from 'vitest';
import { paidByAnother } from '../signing/check-transaction.ts';
import { checkLink, sameTerms } from './check-link.ts';
import type { LinkStep, LinkTermsView } from './identity-view.ts';

const someone = (byte: number) => addressOf(new Uint8Array(32).fill(byte));
const [wallet, other, attestor, operator, stranger] = [7, 8, 9, 10, 11].map(someone) as [Address, Address, Address, Address, Address];
const expiresAt = '2027-02-19T13:00:00.000Z';
const expiry = BigInt(Date.parse(expiresAt)) / 1000n;
const key = { program: localProgram, operator, githubId: '583231' };
const blockhash = encodeBase58(new Uint8Array(32).fill(1));

const shown = (step: LinkStep, changes: Partial<LinkTermsView> = {}): LinkTermsView => ({
  step,
  githubId: '583231',
  login: 'octocat',
  wallet,
  otherWallet: step === 'settle' || step === 'change' ? other : undefined,
  account: identityAddress(key).address,
  cluster: 'localnet',
  genesisHash: 'g',
  program: localProgram,
  upgradeAuthority: undefined,
  programSha256: '',
  operator,
  attestor: step === 'link' || step === 'change' ? attestor : undefined,
  expiresAt: step === 'link' || step === 'change' ? expiresAt : undefined,
  coolDownHours: 72,
  networkFee: '0.00001',
  rent: '0.002',
  ...changes,
});

const made: Readonly<Record<LinkStep, Instruction>> = {
  link: linkIdentity({ ...key, payer: wallet, wallet, attestor, expiry }),
  change: changeWallet({ ...key, wallet, attestor, expiry }),
  object: cancelChange({ ...key, wallet }),
  settle: settleChange({ ...key, oldWallet: wallet, newWallet: other }),
  unlink: unlinkIdentity({ ...key, wallet }),
};

const guards = [setComputeUnitLimit(60_000), setComputeUnitPrice(1n), memo('Doubloon: octocat is who signs')];
const transaction = (instructions: readonly Instruction[], payer = wallet) => compileTransaction({ payer, blockhash, instructions });
const steps = Object.keys(made) as LinkStep[];

test.each(steps)('%s is what is signed when it is what the page shows, with compute budget and memo around it', (step) => {
  expect(checkLink(transaction([...guards, made[step]]), shown(step))).toBeUndefined();
});

test.each(steps)('%s as web3.js writes it is the same transaction', (step) => {
  const theirs = new Transaction({ feePayer: new PublicKey(wallet), blockhash, lastValidBlockHeight: 1 });
  for (const { program, accounts, data } of [...guards, made[step]])
    theirs.add(new TransactionInstruction({ programId: new PublicKey(program), keys: accounts.map(({ address, signer, writable }) => ({ pubkey: new PublicKey(address), isSigner: signer, isWritable: writable })), data: Buffer.from(data) }));
  expect(checkLink(theirs.serialize({ requireAllSignatures: false, verifySignatures: false }), shown(step))).toBeUndefined();
});

test.each(steps.flatMap((one) => steps.filter((two) => two !== one).map((two) => [one, two] as const)))('a page that shows %s does not take %s for it', (one, two) => {
  expect(checkLink(transaction([made[two]]), shown(one))).toBeDefined();
});

test.each<[string, Instruction]>([
  ['another user', linkIdentity({ ...key, githubId: '583232', payer: wallet, wallet, attestor, expiry })],
  ['another operator', linkIdentity({ ...key, operator: stranger, payer: wallet, wallet, attestor, expiry })],
  ['another wallet than the payer', linkIdentity({ ...key, payer: wallet, wallet: stranger, attestor, expiry })],
  ['another attestor', linkIdentity({ ...key, payer: wallet, wallet, attestor: stranger, expiry })],
  ['another end of the attestation', linkIdentity({ ...key, payer: wallet, wallet, attestor, expiry: expiry + 1n })],
  ['another program', linkIdentity({ ...key, program: parseAddress('Stake11111111111111111111111111111111111111'), payer: wallet, wallet, attestor, expiry })],
])('a first link with %s is refused', (_what, instruction) => {
  expect(checkLink(transaction([instruction]), shown('link'))).toBeDefined();
});

test('agreeing to another new wallet than the one shown is refused', () => {
  expect(checkLink(transaction([settleChange({ ...key, oldWallet: wallet, newWallet: stranger })]), shown('settle'))).toBe('who signs');
});

test('a second call into the program is refused, and so is one of a program nobody showed', () => {
  expect(checkLink(transaction([made.link, made.unlink]), shown('link'))).toBe('what it calls');
  const drain: Instruction = { program: parseAddress('Stake11111111111111111111111111111111111111'), accounts: [{ address: wallet, signer: true, writable: true }], data: new Uint8Array([1]) };
  expect(checkLink(transaction([made.link, drain]), shown('link'))).toBe('what it calls');
});

test('a signer nobody showed is refused, wherever it hides', () => {
  const asking = { ...memo('x'), accounts: [{ address: stranger, signer: true, writable: false }] };
  expect(checkLink(transaction([made.unlink, asking]), shown('unlink'))).toBe('who signs');
});

test('accounts that only the chain can resolve are refused, even where our own call names none of them', () => {
  const asWeb3 = ({ program, accounts, data }: Instruction) => new TransactionInstruction({ programId: new PublicKey(program), keys: accounts.map(({ address, signer, writable }) => ({ pubkey: new PublicKey(address), isSigner: signer, isWritable: writable })), data: Buffer.from(data) });
  const table = new AddressLookupTableAccount({ key: new PublicKey(other), state: { deactivationSlot: 2n ** 64n - 1n, lastExtendedSlot: 0, lastExtendedSlotStartIndex: 0, addresses: [new PublicKey(stranger)] } });
  const versioned = (instructions: readonly Instruction[]) => new VersionedTransaction(new TransactionMessage({ payerKey: new PublicKey(wallet), recentBlockhash: blockhash, instructions: instructions.map(asWeb3) }).compileToV0Message([table])).serialize();
  expect(checkLink(versioned([made.unlink]), shown('unlink'))).toBeUndefined();
  expect(checkLink(versioned([made.unlink, { ...memo('x'), accounts: [{ address: stranger, signer: false, writable: true }] }]), shown('unlink'))).toBe('its form');
});

test('a signature less than shown is refused', () => {
  const alone = { ...made.link, accounts: made.link.accounts.map((account) => (account.address === attestor ? { ...account, signer: false } : account)) };
  expect(checkLink(transaction([alone]), shown('link'))).toBe('the accounts it touches');
});

test('somebody else as payer is refused', () => {
  expect(checkLink(transaction([made.unlink], stranger), shown('unlink'))).toBe('who pays');
});

test('a network fee far above the one shown is refused: a server could burn the wallet with it', () => {
  expect(checkLink(transaction([setComputeUnitLimit(1_400_000), setComputeUnitPrice(1_000_000_000n), made.unlink]), shown('unlink'))).toBe('the network fee');
});

test('an identity account that is not the one of that user is refused, whatever the bytes say', () => {
  expect(checkLink(transaction([made.link]), shown('link', { account: stranger }))).toBe('the accounts it touches');
});

test('rubbish is refused and never thrown, in the bytes and in the terms', () => {
  expect(checkLink(new Uint8Array([1, 2, 3]), shown('link'))).toBe('its form');
  for (const broken of [{ wallet: '' }, { attestor: undefined }, { expiresAt: 'soon' }, { githubId: '0' }, { program: 'x' }, { operator: '' }])
    expect(checkLink(transaction([made.link]), shown('link', broken))).toBe('its terms');
});

test('terms are the same but for the end of the attestation and what the network asks for', () => {
  expect(sameTerms(shown('link'), shown('link', { expiresAt: '2027-02-19T13:05:00.000Z', networkFee: '0.00002' }))).toBe(true);
  for (const change of [{ githubId: '1' }, { wallet: stranger }, { operator: stranger }, { attestor: stranger }, { genesisHash: 'h' }, { program: stranger }, { rent: '1' }, { coolDownHours: 0 }, { upgradeAuthority: stranger }, { programSha256: 'x' }])
    expect(sameTerms(shown('link'), shown('link', change))).toBe(false);
});

test('what another account pays for is noticed; what can’t be read is left to the server', () => {
  expect(paidByAnother(transaction([made.unlink], stranger), wallet)).toBe(true);
  expect(paidByAnother(transaction([made.unlink]), wallet)).toBe(false);
  expect(paidByAnother(new Uint8Array([1]), wallet)).toBe(false);
  expect(parseTransaction(transaction([made.unlink])).payer).toBe(wallet);
});
