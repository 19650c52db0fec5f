import { randomBytes } from 'node:crypto';
import { AddressLookupTableAccount, ComputeBudgetProgram, Keypair, PublicKey, SystemProgram, TransactionInstruction, TransactionMessage, VersionedTransaction } from '@solana/web3.js';
import { expect, test } from 'vitest';
import { addressOf, parseAddress, systemProgram, type Address } from './address.ts';
import { encodeBase58 } from './base58.ts';
import { memo, setComputeUnitLimit, setComputeUnitPrice } from './companions.ts';
import type { Instruction } from './instruction.ts';
import { maxTransactionBytes, parseTransaction, signedBy } from './parse-transaction.ts';
import { signerFromKeypair, signerFromSeed, verifySignature } from './signer.ts';
import { compileTransaction, signTransaction, transactionSignature } from './transaction.ts';

const bytes = (length: number) => Uint8Array.from(randomBytes(length));
const random = (): Address => addressOf(bytes(32));
const blockhash = random();
const payer = signerFromSeed(bytes(32));
const second = signerFromSeed(bytes(32));
const refused = (code: string) => expect.objectContaining({ code });

const foreign = ({ program, accounts, data }: Instruction) => new TransactionInstruction({
  programId: new PublicKey(program),
  keys: accounts.map(({ address, signer, writable }) => ({ pubkey: new PublicKey(address), isSigner: signer, isWritable: writable })),
  data: Buffer.from(data),
});
const messageOf = (instructions: readonly Instruction[]) =>
  new TransactionMessage({ payerKey: new PublicKey(payer.address), recentBlockhash: blockhash, instructions: instructions.map(foreign) });
const shared = random();
const mixed: Instruction[] = [
  setComputeUnitLimit(60_000),
  setComputeUnitPrice(1234n),
  { program: random(), accounts: [{ address: second.address, signer: true, writable: false }, { address: shared, signer: false, writable: false }, { address: payer.address, signer: true, writable: true }], data: bytes(200) },
  { program: systemProgram, accounts: [{ address: shared, signer: false, writable: true }, { address: random(), signer: false, writable: false }], data: new Uint8Array() },
  memo('50 usdc for déjà vu'),
];

test('a compiled transaction is byte for byte the one of web3.js', () => {
  const oracle = new VersionedTransaction(messageOf(mixed).compileToLegacyMessage());
  expect(compileTransaction({ payer: payer.address, blockhash, instructions: mixed })).toEqual(oracle.serialize());
});

test('web3.js takes our signatures, and we take its', () => {
  const ours = signTransaction(compileTransaction({ payer: payer.address, blockhash, instructions: mixed }), [second, payer]);
  expect(signedBy(parseTransaction(ours))).toEqual([payer.address, second.address]);
  const keypair = Keypair.generate();
  const theirs = new VersionedTransaction(new TransactionMessage({ payerKey: keypair.publicKey, recentBlockhash: blockhash, instructions: [] }).compileToLegacyMessage());
  theirs.sign([keypair]);
  expect(signedBy(parseTransaction(theirs.serialize()))).toEqual([keypair.publicKey.toBase58()]);
  const again = signTransaction(new VersionedTransaction(theirs.message).serialize(), [signerFromKeypair(keypair.secretKey)]);
  expect(again).toEqual(theirs.serialize());
  expect(transactionSignature(again)).toBe(encodeBase58(theirs.signatures[0] ?? bytes(0)));
});

test.each(['legacy', 'v0'] as const)('a %s transaction of web3.js is read back whole', (kind) => {
  const message = kind === 'legacy' ? messageOf(mixed).compileToLegacyMessage() : messageOf(mixed).compileToV0Message();
  const parsed = parseTransaction(new VersionedTransaction(message).serialize());
  expect(parsed).toMatchObject({ version: kind === 'legacy' ? 'legacy' : 0, payer: payer.address, blockhash, usesLookupTables: false });
  expect(parsed.message).toEqual(Uint8Array.from(message.serialize()));
  expect(parsed.instructions.map(({ program, data }) => ({ program, data }))).toEqual(mixed.map(({ program, data }) => ({ program, data })));
  // Roles are those of the whole transaction: `shared` is writable everywhere because one instruction writes it.
  expect(parsed.instructions[2]?.accounts).toEqual([{ address: second.address, signer: true, writable: false }, { address: shared, signer: false, writable: true }, { address: payer.address, signer: true, writable: true }]);
});

test('accounts of lookup tables are counted and never guessed', () => {
  const [program, hidden] = [random(), random()];
  const table = new AddressLookupTableAccount({ key: new PublicKey(random()), state: { deactivationSlot: 2n ** 64n - 1n, lastExtendedSlot: 0, lastExtendedSlotStartIndex: 0, addresses: [new PublicKey(hidden)] } });
  const instruction = { program, accounts: [{ address: hidden, signer: false, writable: true }], data: bytes(3) };
  const parsed = parseTransaction(new VersionedTransaction(messageOf([instruction]).compileToV0Message([table])).serialize());
  expect(parsed.usesLookupTables).toBe(true);
  expect(parsed.instructions[0]).toEqual({ program, accounts: [{ address: undefined, signer: false, writable: true }], data: instruction.data });
});

test('a version other than 0 is refused by name, in either place of the version byte', () => {
  const v0 = new VersionedTransaction(messageOf([memo('x')]).compileToV0Message()).serialize();
  const later = Uint8Array.from(v0);
  later[65] = 0x81;
  expect(() => parseTransaction(later)).toThrow(refused('TRANSACTION_VERSION_UNSUPPORTED'));
  expect(() => parseTransaction(Uint8Array.of(129, ...bytes(2000)))).toThrow(refused('TRANSACTION_VERSION_UNSUPPORTED'));
});

test('every truncation is refused, and so is one byte more', () => {
  for (const message of [messageOf(mixed).compileToLegacyMessage(), messageOf(mixed).compileToV0Message()]) {
    const whole = new VersionedTransaction(message).serialize();
    for (let length = 0; length < whole.length; length++) expect(() => parseTransaction(whole.subarray(0, length))).toThrow(refused('TRANSACTION_MALFORMED'));
    expect(() => parseTransaction(Uint8Array.of(...whole, 0))).toThrow(refused('TRANSACTION_MALFORMED'));
  }
});

test('random damage is refused or parsed, and never anything else', () => {
  const whole = compileTransaction({ payer: payer.address, blockhash, instructions: mixed });
  for (let round = 0; round < 2000; round++) {
    const damaged = Uint8Array.from(whole);
    damaged[129 + (round % (whole.length - 129))] = randomBytes(1)[0] ?? 0;
    try {
      parseTransaction(damaged);
    } catch (error) {
      expect(error).toMatchObject({ name: 'DoubloonError' });
    }
  }
});

test('what does not fit in a packet is refused on both ways', () => {
  const large = (size: number) => ({ payer: payer.address, blockhash, instructions: [{ program: shared, accounts: [], data: new Uint8Array(size) }] });
  const overhead = compileTransaction(large(500)).length - 500;
  expect(compileTransaction(large(maxTransactionBytes - overhead))).toHaveLength(maxTransactionBytes);
  expect(() => compileTransaction(large(maxTransactionBytes - overhead + 1))).toThrow(refused('TRANSACTION_TOO_LARGE'));
  expect(() => parseTransaction(new Uint8Array(1233))).toThrow(refused('TRANSACTION_TOO_LARGE'));
});

test('headers that the runtime refuses are refused', () => {
  const whole = compileTransaction({ payer: payer.address, blockhash, instructions: [memo('x')] });
  const withByte = (at: number, value: number) => Uint8Array.from(whole, (byte, index) => (index === at ? value : byte));
  expect(() => parseTransaction(withByte(65, 0))).toThrow(refused('TRANSACTION_MALFORMED'));   // no signer
  expect(() => parseTransaction(withByte(66, 1))).toThrow(refused('TRANSACTION_MALFORMED'));   // a read-only payer
  expect(() => parseTransaction(withByte(67, 2))).toThrow(refused('TRANSACTION_MALFORMED'));   // more read-only accounts than there are
  const programIndex = 65 + 4 + 64 + 32 + 1;
  expect(whole[programIndex]).toBe(1);
  expect(() => parseTransaction(withByte(programIndex, 0))).toThrow(refused('TRANSACTION_MALFORMED'));   // the payer as program
  expect(() => parseTransaction(withByte(programIndex, 2))).toThrow(refused('TRANSACTION_MALFORMED'));
  const twice = Uint8Array.from(whole);
  twice.copyWithin(69 + 32, 69, 69 + 32);
  expect(() => parseTransaction(twice)).toThrow(refused('TRANSACTION_MALFORMED'));
});

test('a signature over other bytes, of another key, or of another length is not one', () => {
  const message = bytes(100);
  const signature = payer.sign(message);
  expect(verifySignature(payer.address, message, signature)).toBe(true);
  expect(verifySignature(payer.address, bytes(100), signature)).toBe(false);
  expect(verifySignature(second.address, message, signature)).toBe(false);
  expect(verifySignature(payer.address, message, signature.slice(1))).toBe(false);
  expect(verifySignature(systemProgram, message, new Uint8Array(64))).toBe(false);
});

test('a signer without a slot, and a key file whose halves do not belong together, are refused', () => {
  const unsigned = compileTransaction({ payer: payer.address, blockhash, instructions: [] });
  expect(() => signTransaction(unsigned, [second])).toThrow(refused('TRANSACTION_MALFORMED'));
  expect(() => signerFromKeypair(bytes(64))).toThrow(refused('KEY_INVALID'));
  expect(() => signerFromKeypair(bytes(32))).toThrow(refused('KEY_INVALID'));
});

test('compute budget instructions are those of web3.js', () => {
  expect(foreign(setComputeUnitLimit(4_000_000_000))).toEqual(ComputeBudgetProgram.setComputeUnitLimit({ units: 4_000_000_000 }));
  expect(foreign(setComputeUnitPrice(2n ** 63n))).toEqual(ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 2n ** 63n }));
  expect(parseAddress(SystemProgram.programId.toBase58())).toBe(systemProgram);
});
