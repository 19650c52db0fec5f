import { concatBytes } from '@noble/hashes/utils.js';
import { DoubloonError } from '@doubloon/errors';
import { addressBytes, type Address } from './address.ts';
import { decodeBase58, encodeBase58 } from './base58.ts';
import type { Instruction } from './instruction.ts';
import { maxTransactionBytes, parseTransaction } from './parse-transaction.ts';
import type { Signer } from './signer.ts';

/** Seven bits a byte, lowest first; never longer than needed. */
function compactLength(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

interface Role { signer: boolean; writable: boolean }

/**
 * An unsigned legacy transaction with an empty slot for every signature. Legacy, because every wallet takes it and we
 * need no lookup tables. Accounts stand in the order of first mention within their class, as web3.js's compiler has it.
 * Throws TRANSACTION_TOO_LARGE.
 */
export function compileTransaction({ payer, blockhash, instructions }: { payer: Address; blockhash: string; instructions: readonly Instruction[] }): Uint8Array {
  const roles = new Map<Address, Role>([[payer, { signer: true, writable: true }]]);
  const mention = (address: Address, { signer, writable }: Role) => {
    const role = roles.get(address) ?? { signer: false, writable: false };
    roles.set(address, { signer: role.signer || signer, writable: role.writable || writable });
  };
  for (const { program, accounts } of instructions) {
    mention(program, { signer: false, writable: false });
    for (const account of accounts) mention(account.address, account);
  }
  const classes = [[true, true], [true, false], [false, true], [false, false]].map(([signer, writable]) =>
    [...roles].filter(([, role]) => role.signer === signer && role.writable === writable).map(([address]) => address));
  const keys = classes.flat();
  const indexOf = new Map(keys.map((address, index) => [address, index]));
  const index = (address: Address) => indexOf.get(address) ?? 0;
  const [writableSigners = [], readonlySigners = [], , readonlyOthers = []] = classes;
  const signatures = writableSigners.length + readonlySigners.length;
  const transaction = concatBytes(
    compactLength(signatures),
    new Uint8Array(signatures * 64),
    Uint8Array.of(signatures, readonlySigners.length, readonlyOthers.length),
    compactLength(keys.length),
    ...keys.map(addressBytes),
    decodeBase58(blockhash),
    compactLength(instructions.length),
    ...instructions.flatMap(({ program, accounts, data }) => [
      Uint8Array.of(index(program)),
      compactLength(accounts.length),
      Uint8Array.from(accounts, ({ address }) => index(address)),
      compactLength(data.length),
      data,
    ]),
  );
  if (transaction.length > maxTransactionBytes) throw new DoubloonError('TRANSACTION_TOO_LARGE', { bytes: transaction.length, limit: maxTransactionBytes });
  return transaction;
}

/** Fills the slots of `signers` and leaves the others as they are. Throws TRANSACTION_MALFORMED when one has no slot. */
export function signTransaction(transaction: Uint8Array, signers: readonly Signer[]): Uint8Array {
  const { message, accounts, signatures } = parseTransaction(transaction);
  const signed = Uint8Array.from(transaction);
  const start = transaction.length - message.length - signatures.length * 64;
  for (const signer of signers) {
    const slot = accounts.slice(0, signatures.length).findIndex(({ address }) => address === signer.address);
    if (slot === -1) throw new DoubloonError('TRANSACTION_MALFORMED', { problem: `${signer.address} is none of its signers` });
    signed.set(signer.sign(message), start + slot * 64);
  }
  return signed;
}

/** The id a transaction goes by: its payer's signature. */
export function transactionSignature(transaction: Uint8Array): string {
  return encodeBase58(parseTransaction(transaction).signatures[0] ?? new Uint8Array(64));
}
