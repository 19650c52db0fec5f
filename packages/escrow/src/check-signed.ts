import { DoubloonError } from '@doubloon/errors';
import { parseAddress, systemProgram, type Address } from './address.ts';
import { encodeBase58 } from './base58.ts';
import { computeBudgetProgram, memoProgram } from './companions.ts';
import type { Instruction } from './instruction.ts';
import { parseTransaction, signedBy, type ParsedInstruction, type ParsedTransaction } from './parse-transaction.ts';

/** What was handed out to be signed, and by whom. */
export interface Expected {
  readonly wallet: Address;
  readonly instruction: Instruction;
}

export interface CheckedTransaction<E extends Expected> {
  readonly build: E;
  /** base58; the id of the transaction. */
  readonly signature: string;
  readonly blockhash: string;
  /** The bytes that are signed. */
  readonly message: Uint8Array;
}

const reasons = {
  unreadable: 'it can’t be read',
  'lookup-tables': 'it uses lookup tables, whose content can’t be relied on',
  'durable-nonce': 'it would stay valid for ever',
  'call-missing': 'what was to be signed is not in it',
  'call-repeated': 'the escrow program is called more than once',
  'call-hidden': 'another program is given the escrow program to call',
  'other-wallet': 'another account is to sign than the one it was made for',
  'terms-changed': 'what was to be signed was changed',
  'attestor-pays': 'the attestor is to pay for it',
  'attestor-elsewhere': 'another instruction uses the attestor',
  'program-unknown': 'a program takes part that is not known to be harmless',
  'signature-wrong': 'a signature is missing or wrong',
  'would-fail': 'the chain would refuse it',
} as const;

export type RefusalReason = keyof typeof reasons;

/** TRANSACTION_REFUSED for one of the reasons, in words for the person who signed. */
export const refusal = (reason: RefusalReason, cause?: unknown): DoubloonError =>
  new DoubloonError('TRANSACTION_REFUSED', { reason, problem: cause instanceof Error ? `${reasons[reason]} (${cause.message})` : reasons[reason] }, { cause });

// What wallets put around an instruction: the compute budget, a memo, and Lighthouse's assertions on what comes out.
const harmless: ReadonlySet<Address> = new Set([computeBudgetProgram, memoProgram, parseAddress('L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95')]);

/**
 * Compares signed bytes with what was handed out, by meaning: wallets put instructions of their own around ours, set the
 * compute budget anew and change the version, and may. What has to hold: our instruction exactly once, with the same
 * accounts in the same roles and the same data as one of `builds`, every signature, and nothing that could call our
 * program a second time or outlive the blockhash.
 *
 * With an `attestor` its signature alone may be missing, and it would speak for all that names it: so nothing but our
 * instruction does, it pays for nothing, and no program takes part but ours and those known to be harmless. Throws TRANSACTION_REFUSED.
 */
export function checkSigned<E extends Expected>(bytes: Uint8Array, { program, builds, attestor }: { program: Address; builds: readonly E[]; attestor?: Address | undefined }): CheckedTransaction<E> {
  const transaction = parse(bytes);
  const { instructions, signatures, blockhash, message } = transaction;
  // An account from a table is whatever the table holds when the transaction lands.
  if (transaction.usesLookupTables) throw refusal('lookup-tables');
  if (isNonceAdvance(instructions[0])) throw refusal('durable-nonce');

  const calls = instructions.filter((one) => one.program === program);
  const [call] = calls;
  if (call === undefined) throw refusal('call-missing');
  if (calls.length > 1) throw refusal('call-repeated');
  if (instructions.some(({ accounts }) => accounts.some(({ address }) => address === program))) throw refusal('call-hidden');
  if (attestor !== undefined) checkAlone(transaction, call, attestor);

  // What nobody has to sign is for whoever pays for it.
  const ofSigners = builds.filter(({ wallet, instruction }) =>
    instruction.accounts.some(({ signer }) => signer) ? call.accounts.some(({ address, signer }) => signer && address === wallet) : transaction.payer === wallet);
  if (ofSigners.length === 0) throw refusal('other-wallet');
  const build = ofSigners.find(({ instruction }) => isSame(instruction, call, transaction.payer));
  if (build === undefined) throw refusal('terms-changed');
  const signed = new Set(signedBy(transaction));
  if (attestor !== undefined) signed.add(attestor);
  if (signersIn(transaction).some((address) => !signed.has(address))) throw refusal('signature-wrong');
  return { build, signature: encodeBase58(signatures[0] ?? new Uint8Array(64)), blockhash, message };
}

function checkAlone({ payer, instructions }: ParsedTransaction, call: ParsedInstruction, attestor: Address): void {
  if (payer === attestor) throw refusal('attestor-pays');
  const others = instructions.filter((one) => one !== call);
  if (others.some(({ program, accounts }) => program === attestor || accounts.some(({ address }) => address === attestor))) throw refusal('attestor-elsewhere');
  if (others.some((one) => !harmless.has(one.program))) throw refusal('program-unknown');
}

/** The id a transaction goes by, base58. TRANSACTION_REFUSED when it can't be read. */
export const signatureOf = (bytes: Uint8Array): string => encodeBase58(parse(bytes).signatures[0] ?? new Uint8Array(64));

/** Who has to sign it. TRANSACTION_REFUSED when it can't be read. */
export const signersOf = (bytes: Uint8Array): Address[] => signersIn(parse(bytes));

const signersIn = ({ accounts }: ParsedTransaction): Address[] => accounts.flatMap(({ address, signer }) => (signer && address !== undefined ? [address] : []));

function parse(bytes: Uint8Array): ParsedTransaction {
  try {
    return parseTransaction(bytes);
  } catch (error) {
    throw refusal('unreadable', error);
  }
}

// Only as the first instruction the runtime takes it for a durable nonce. Number 4 of the system program, u32.
const isNonceAdvance = (first: ParsedInstruction | undefined): boolean =>
  first?.program === systemProgram && first.data.length >= 4 && new DataView(first.data.buffer, first.data.byteOffset).getUint32(0, true) === 4;

// A role is that of an address in the whole transaction: who pays signs and is written to wherever it stands, and who stands twice has the greater role.
function isSame(expected: Instruction, found: ParsedInstruction, payer: Address): boolean {
  const hasRole = (address: Address, role: 'signer' | 'writable') => address === payer || expected.accounts.some((one) => one.address === address && one[role]);
  return (
    expected.data.length === found.data.length &&
    expected.data.every((byte, at) => byte === found.data[at]) &&
    expected.accounts.length === found.accounts.length &&
    expected.accounts.every(({ address }, index) => {
      const other = found.accounts[index];
      return other?.address === address && other.signer === hasRole(address, 'signer') && other.writable === hasRole(address, 'writable');
    })
  );
}
