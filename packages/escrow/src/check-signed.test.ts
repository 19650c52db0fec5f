import { AddressLookupTableAccount, PublicKey, TransactionInstruction, TransactionMessage, VersionedTransaction } from '@solana/web3.js';
import { describe, expect, test } from 'vitest';
import {
  compileTransaction, encodeBase58, fundSol, linkIdentity, localProgram as program, memo, parseAddress, refund, setComputeUnitLimit, setComputeUnitPrice, signerFromSeed, signTransaction, systemProgram,
  type Instruction, type Signer,
} from './index.ts';
import { checkSigned } from './check-signed.ts';

const wallet = signerFromSeed(new Uint8Array(32).fill(1));
const stranger = signerFromSeed(new Uint8Array(32).fill(2));
const operator = signerFromSeed(new Uint8Array(32).fill(3)).address;
const lighthouse = parseAddress('L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95');
const blockhash = encodeBase58(new Uint8Array(32).fill(9));

const terms = { program, operator, repositoryId: '11', issueId: '22', funder: wallet.address, nonce: 33n, amount: 500_000_000n, deadline: 1_800_000_000n, withRelayer: true };
const ours = fundSol(terms);
const builds = [{ wallet: wallet.address, instruction: ours }];

const sign = (instructions: readonly Instruction[], { payer = wallet, signers = [wallet] }: { payer?: Signer; signers?: readonly Signer[] } = {}) =>
  signTransaction(compileTransaction({ payer: payer.address, blockhash, instructions }), signers);
const check = (bytes: Uint8Array) => checkSigned(bytes, { program, builds });
const refused = (reason: string) => expect.objectContaining({ code: 'TRANSACTION_REFUSED', facts: expect.objectContaining({ reason }) as unknown });
const guard = (accounts: Instruction['accounts'] = []): Instruction => ({ program: lighthouse, accounts, data: Uint8Array.of(6, 1, 2, 3) });

const web3 = ({ program: id, accounts, data }: Instruction) =>
  new TransactionInstruction({ programId: new PublicKey(id), keys: accounts.map(({ address, signer, writable }) => ({ pubkey: new PublicKey(address), isSigner: signer, isWritable: writable })), data: Buffer.from(data) });

function signVersion0(instructions: readonly Instruction[], tables: AddressLookupTableAccount[] = []): Uint8Array {
  const message = new TransactionMessage({ payerKey: new PublicKey(wallet.address), recentBlockhash: blockhash, instructions: instructions.map(web3) }).compileToV0Message(tables);
  const transaction = new VersionedTransaction(message);
  transaction.addSignature(new PublicKey(wallet.address), wallet.sign(message.serialize()));
  return transaction.serialize();
}

describe('taken', () => {
  test('what was handed out, signed and otherwise unchanged', () => {
    const bytes = sign([setComputeUnitLimit(60_000), setComputeUnitPrice(1n), ours, memo('Doubloon')]);
    expect(check(bytes)).toMatchObject({ build: builds[0], blockhash });
    expect(check(bytes).signature).toMatch(/^[1-9A-HJ-NP-Za-km-z]{64,88}$/);
  });

  test.each([
    ['guards before and after', [guard(), guard(), ours, guard([{ address: wallet.address, signer: false, writable: false }])]],
    ['another compute budget', [setComputeUnitPrice(100_000n), setComputeUnitLimit(400_000), ours]],
    ['no memo', [ours]],
    ['a nonce advance that is not the first instruction', [setComputeUnitLimit(1), { program: systemProgram, accounts: [], data: Uint8Array.of(4, 0, 0, 0) }, ours]],
  ])('%s', (_name, instructions) => {
    expect(check(sign(instructions)).build).toBe(builds[0]);
  });

  test('version 0 without lookup tables', () => {
    expect(check(signVersion0([setComputeUnitLimit(60_000), ours])).build).toBe(builds[0]);
  });

  test('a payer beside the funder, when both have signed', () => {
    expect(check(sign([ours], { payer: stranger, signers: [stranger, wallet] })).build).toBe(builds[0]);
  });

  test('what nobody has to sign, when whoever it was made for pays', () => {
    const made = [{ wallet: stranger.address, instruction: refund({ program, deposit: operator, funder: wallet.address }) }];
    const [{ instruction }] = made as [(typeof made)[0]];
    expect(checkSigned(sign([instruction], { payer: stranger, signers: [stranger] }), { program, builds: made }).build).toBe(made[0]);
    expect(() => checkSigned(sign([instruction]), { program, builds: made })).toThrow(refused('other-wallet'));
  });

  test('the one of several builds that was signed', () => {
    const later = { wallet: wallet.address, instruction: fundSol({ ...terms, deadline: terms.deadline + 5n }) };
    expect(checkSigned(sign([later.instruction]), { program, builds: [...builds, later] }).build).toBe(later);
  });
});

describe('refused', () => {
  const swap = (index: number, change: Partial<Instruction['accounts'][number]>): Instruction => ({ ...ours, accounts: ours.accounts.map((account, at) => (at === index ? { ...account, ...change } : account)) });
  const other = stranger.address;

  test.each([
    ['another amount', fundSol({ ...terms, amount: terms.amount - 1n })],
    ['another deadline', fundSol({ ...terms, deadline: terms.deadline + 1n })],
    ['no relayer', fundSol({ ...terms, withRelayer: false })],
    ['an approver', fundSol({ ...terms, approver: other })],
    ['another issue', fundSol({ ...terms, issueId: '23' })],
    ['another nonce', fundSol({ ...terms, nonce: 34n })],
    ['a byte more', { ...ours, data: Uint8Array.of(...ours.data, 0) }],
    ['a byte less', { ...ours, data: ours.data.slice(0, -1) }],
    ['another deposit account', swap(1, { address: other })],
    ['another operator', swap(2, { address: other })],
    ['a writable operator', swap(2, { writable: true })],
    ['an account more', { ...ours, accounts: [...ours.accounts, { address: other, signer: false, writable: false }] }],
    ['an account less', { ...ours, accounts: ours.accounts.slice(0, -1) }],
    ['accounts in another order', { ...ours, accounts: [0, 2, 1, 3].flatMap((index) => ours.accounts[index] ?? []) }],
  ])('changed terms: %s', (_name, instruction) => {
    expect(() => check(sign([instruction]))).toThrow(refused('terms-changed'));
  });

  test.each([
    ['the deposit twice', [ours, ours], 'call-repeated'],
    ['another call of ours beside it', [ours, refund({ program, deposit: other, funder: wallet.address })], 'call-repeated'],
    ['our program handed to another program', [ours, guard([{ address: program, signer: false, writable: false }])], 'call-hidden'],
    ['no call of ours', [memo('nothing')], 'call-missing'],
    ['only a call of another program with our data', [{ ...ours, program: lighthouse }], 'call-missing'],
    ['a durable nonce', [{ program: systemProgram, accounts: [], data: Uint8Array.of(4, 0, 0, 0) }, ours], 'durable-nonce'],
  ])('%s', (_name, instructions, reason) => {
    expect(() => check(sign(instructions))).toThrow(refused(reason));
  });

  test('another account as funder', () => {
    const theirs = fundSol({ ...terms, funder: stranger.address });
    expect(() => check(sign([theirs], { payer: stranger, signers: [stranger] }))).toThrow(refused('other-wallet'));
  });

  test('version 0 with lookup tables, even when they hold the right accounts', () => {
    const table = new AddressLookupTableAccount({
      key: new PublicKey(new Uint8Array(32).fill(7)),
      state: { deactivationSlot: 2n ** 64n - 1n, lastExtendedSlot: 0, lastExtendedSlotStartIndex: 0, addresses: ours.accounts.slice(1, 3).map(({ address }) => new PublicKey(address)) },
    });
    expect(() => check(signVersion0([ours], [table]))).toThrow(refused('lookup-tables'));
  });

  test('no signature, a wrong one, and one of two missing', () => {
    const unsigned = compileTransaction({ payer: wallet.address, blockhash, instructions: [ours] });
    expect(() => check(unsigned)).toThrow(refused('signature-wrong'));
    const forged = Uint8Array.from(sign([ours]));
    forged[5] = (forged[5] ?? 0) ^ 1;
    expect(() => check(forged)).toThrow(refused('signature-wrong'));
    expect(() => check(sign([ours], { payer: stranger, signers: [wallet] }))).toThrow(refused('signature-wrong'));
  });

  test('every single flipped byte of the message', () => {
    const signed = sign([setComputeUnitLimit(60_000), ours, memo('Doubloon: 0.5 sol')]);
    for (let at = 0; at < signed.length; at++) {
      const changed = Uint8Array.from(signed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => check(changed)).toThrow(expect.objectContaining({ code: 'TRANSACTION_REFUSED' }));
    }
  });

  test('version 1, every truncation, bytes behind the end, too many bytes, nothing at all', () => {
    const signed = sign([ours]);
    expect(() => check(Uint8Array.of(0x81, ...signed))).toThrow(refused('unreadable'));
    for (let length = 0; length < signed.length; length++) expect(() => check(signed.slice(0, length))).toThrow(refused('unreadable'));
    expect(() => check(Uint8Array.of(...signed, 0))).toThrow(refused('unreadable'));
    expect(() => check(new Uint8Array(1233))).toThrow(refused('unreadable'));
  });
});

describe('with an attestor', () => {
  const attestor = signerFromSeed(new Uint8Array(32).fill(4));
  const link = linkIdentity({ program, operator, githubId: '583231', payer: wallet.address, attestor: attestor.address, wallet: wallet.address, expiry: 1_800_000_000n });
  const vouch = (bytes: Uint8Array) => checkSigned(bytes, { program, builds: [{ wallet: wallet.address, instruction: link }], attestor: attestor.address });
  const naming = (one: Instruction, writable = false): Instruction => ({ ...one, accounts: [...one.accounts, { address: attestor.address, signer: true, writable }] });

  test('only its signature may be missing, and guards may stand around', () => {
    const bytes = sign([setComputeUnitLimit(60_000), guard(), link, guard([{ address: wallet.address, signer: false, writable: false }]), memo('Doubloon')]);
    expect(vouch(bytes)).toMatchObject({ build: { wallet: wallet.address }, blockhash });
    expect(() => vouch(sign([link], { signers: [] }))).toThrow(refused('signature-wrong'));
    expect(() => vouch(sign([link], { payer: stranger, signers: [wallet] }))).toThrow(refused('signature-wrong'));
    expect(vouch(sign([link], { payer: stranger, signers: [wallet, stranger] }))).toMatchObject({ build: { wallet: wallet.address } });
  });

  test.each([
    ['a guard names it', [naming(guard()), link], 'attestor-elsewhere'],
    ['a memo names it', [link, naming(memo('vouched'))], 'attestor-elsewhere'],
    ['a guard may write to it', [link, naming(guard(), true)], 'attestor-elsewhere'],
    ['a program takes part that nobody knows', [link, { program: stranger.address, accounts: [], data: new Uint8Array() }], 'program-unknown'],
    ['the system program moves money', [link, { program: systemProgram, accounts: [], data: Uint8Array.of(2, 0, 0, 0) }], 'program-unknown'],
  ] as const)('%s: refused', (_what, instructions, reason) => {
    expect(() => vouch(sign(instructions))).toThrow(refused(reason));
  });

  test('it pays for nothing', () => {
    expect(() => vouch(sign([link], { payer: attestor, signers: [wallet] }))).toThrow(refused('attestor-pays'));
  });
});
