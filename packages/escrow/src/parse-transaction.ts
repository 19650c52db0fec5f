import { DoubloonError } from '@doubloon/errors';
import { addressOf, type Address } from './address.ts';
import { encodeBase58 } from './base58.ts';
import { verifySignature } from './signer.ts';

/** `address` is `undefined` when it stands in a lookup table, which only the chain can resolve. */
export interface ParsedAccount {
  readonly address: Address | undefined;
  readonly signer: boolean;
  readonly writable: boolean;
}

export interface ParsedInstruction {
  readonly program: Address;
  readonly accounts: readonly ParsedAccount[];
  readonly data: Uint8Array;
}

export interface ParsedTransaction {
  readonly version: 'legacy' | 0;
  /** One of 64 bytes per required signer, in the order of `accounts`; zeros where nobody has signed. */
  readonly signatures: readonly Uint8Array[];
  /** The bytes that are signed. */
  readonly message: Uint8Array;
  readonly payer: Address;
  /** Static accounts first, then those from lookup tables. */
  readonly accounts: readonly ParsedAccount[];
  readonly blockhash: string;
  readonly instructions: readonly ParsedInstruction[];
  readonly usesLookupTables: boolean;
}


/** What fits in one network packet, and what validators take. */
export const maxTransactionBytes = 1232;

const malformed = (problem: string) => new DoubloonError('TRANSACTION_MALFORMED', { problem });

function reader(source: Uint8Array) {
  const bytes = Uint8Array.from(source);   // a Buffer's slice would be a view of the caller's memory
  let at = 0;
  const take = (count: number): Uint8Array => {
    if (at + count > bytes.length) throw malformed('it ends too early');
    at += count;
    return bytes.slice(at - count, at);
  };
  const byte = () => take(1)[0] ?? 0;
  return {
    take,
    byte,
    at: () => at,
    /** compact-u16; an encoding longer than needed is refused, as the runtime does. */
    length(): number {
      let value = 0;
      for (let shift = 0; shift < 21; shift += 7) {
        const next = byte();
        value |= (next & 0x7f) << shift;
        if (next < 0x80) {
          if (value > 0xffff || (next === 0 && shift > 0)) break;
          return value;
        }
      }
      throw malformed('a length is not written as it must be');
    },
    addresses(count: number): Address[] {
      return Array.from({ length: count }, () => addressOf(take(32)));
    },
  };
}

/**
 * Reads a serialized transaction, legacy or version 0, and refuses every shape that the runtime would refuse. Signatures
 * are not checked here: see `signedBy`. Throws TRANSACTION_TOO_LARGE, TRANSACTION_VERSION_UNSUPPORTED, TRANSACTION_MALFORMED.
 */
export function parseTransaction(bytes: Uint8Array): ParsedTransaction {
  // Version 1 starts with its version byte, and puts signatures last.
  const [first = 0] = bytes;
  if (first >= 0x80) throw new DoubloonError('TRANSACTION_VERSION_UNSUPPORTED', { version: first & 0x7f });
  if (bytes.length > maxTransactionBytes) throw new DoubloonError('TRANSACTION_TOO_LARGE', { bytes: bytes.length, limit: maxTransactionBytes });
  const read = reader(bytes);
  const signatures = Array.from({ length: read.length() }, () => read.take(64));
  const messageStart = read.at();
  const head = read.byte();
  if (head > 0x80) throw new DoubloonError('TRANSACTION_VERSION_UNSUPPORTED', { version: head & 0x7f });
  const version = head === 0x80 ? 0 : 'legacy';
  const required = version === 0 ? read.byte() : head;
  const readonlySigners = read.byte();
  const readonlyOthers = read.byte();
  const keys = read.addresses(read.length());
  const [payer] = keys;
  if (payer === undefined || required === 0) throw malformed('it has no payer');
  if (required !== signatures.length) throw malformed('the number of signatures is not the number of signers');
  if (readonlySigners >= required || required + readonlyOthers > keys.length) throw malformed('its header does not fit its accounts');
  if (new Set(keys).size !== keys.length) throw malformed('an account is listed twice');
  const blockhash = encodeBase58(read.take(32));
  const raw = Array.from({ length: read.length() }, () => ({ program: read.byte(), accounts: read.take(read.length()), data: read.take(read.length()) }));
  const lookups = version === 'legacy' ? [] : Array.from({ length: read.length() }, () => {
    read.take(32);
    return { writable: read.take(read.length()).length, readonly: read.take(read.length()).length };
  });
  if (read.at() !== bytes.length) throw malformed('there are bytes behind its end');
  if (lookups.some(({ writable, readonly }) => writable + readonly === 0)) throw malformed('a lookup table is named and not used');

  const unresolved = (count: number, writable: boolean): ParsedAccount[] => new Array<ParsedAccount>(count).fill({ address: undefined, signer: false, writable });
  const accounts: ParsedAccount[] = [
    ...keys.map((address, index) => ({ address, signer: index < required, writable: index < required ? index < required - readonlySigners : index < keys.length - readonlyOthers })),
    ...lookups.flatMap(({ writable }) => unresolved(writable, true)),
    ...lookups.flatMap(({ readonly }) => unresolved(readonly, false)),
  ];
  const instructions = raw.map(({ program, accounts: indexes, data }) => {
    const address = keys[program];
    if (program === 0 || address === undefined) throw malformed('a program is not among its accounts');
    return {
      program: address,
      accounts: Array.from(indexes, (index) => {
        const account = accounts[index];
        if (account === undefined) throw malformed('an instruction names an account that is not there');
        return account;
      }),
      data,
    };
  });
  return { version, signatures, message: Uint8Array.from(bytes.subarray(messageStart)), payer, accounts, blockhash, instructions, usesLookupTables: lookups.length > 0 };
}

/** The signers whose signatures are there and right. */
export function signedBy({ signatures, accounts, message }: ParsedTransaction): Address[] {
  return signatures.flatMap((signature, index) => {
    const address = accounts[index]?.address;
    return address !== undefined && verifySignature(address, message, signature) ? [address] : [];
  });
}
