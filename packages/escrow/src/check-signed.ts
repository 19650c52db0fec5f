import { DoubloonError } from '@doubloon/errors';
import { encodeBase58, parseTransaction, signedBy, systemProgram, type Address, type Instruction, type ParsedInstruction, type ParsedTransaction } from '@doubloon/escrow';

/** What was handed out to be signed. */
export interface Expected {
  readonly wallet: Address;
  readonly instruction: Instruction;
}

export interface CheckedTransaction<E extends Expected> {
  readonly build: E;
  /** base58; the id of the transaction. */
  readonly signature: string;
  readonly blockhash: string;
}

const reasons = {
  unreadable: 'it can’t be read',
  'lookup-tables': 'it uses lookup tables, whose content can’t be relied on',
  'durable-nonce': 'it would stay valid for ever',
  'call-missing': 'the deposit is not in it',
  'call-repeated': 'the escrow program is called more than once',
  'call-hidden': 'another program is given the escrow program to call',
  'other-wallet': 'another account is to pay than the one it was made for',
  'terms-changed': 'the terms of the deposit were changed',
  'signature-wrong': 'a signature is missing or wrong',
  'would-fail': 'the chain would refuse it',
} as const;

export type RefusalReason = keyof typeof reasons;

/** TRANSACTION_REFUSED for one of the reasons, in words for the person who signed. */
export const refusal = (reason: RefusalReason, cause?: unknown): DoubloonError =>
  new DoubloonError('TRANSACTION_REFUSED', { reason, problem: cause instanceof Error ? `${reasons[reason]} (${cause.message})` : reasons[reason] }, { cause });

/**
 * Compares signed bytes with what was handed out, by meaning: wallets put instructions of their own around ours, set the
 * compute budget anew and change the version, and may. What has to hold: our instruction exactly once, with the same
 * accounts in the same roles and the same data as one of `builds`, every signature, and nothing that could call our
 * program a second time or outlive the blockhash. Throws TRANSACTION_REFUSED.
 */
export function checkSigned<E extends Expected>(bytes: Uint8Array, { program, builds }: { program: Address; builds: readonly E[] }): CheckedTransaction<E> {
  const transaction = parse(bytes);
  const { instructions, signatures, blockhash } = transaction;
  // An account from a table is whatever the table holds when the transaction lands.
  if (transaction.usesLookupTables) throw refusal('lookup-tables');
  if (isNonceAdvance(instructions[0])) throw refusal('durable-nonce');

  const calls = instructions.filter((one) => one.program === program);
  const [call] = calls;
  if (call === undefined) throw refusal('call-missing');
  if (calls.length > 1) throw refusal('call-repeated');
  if (instructions.some(({ accounts }) => accounts.some(({ address }) => address === program))) throw refusal('call-hidden');

  const funder = call.accounts[0]?.address;
  const ofFunder = builds.filter(({ wallet }) => wallet === funder);
  if (ofFunder.length === 0) throw refusal('other-wallet');
  const build = ofFunder.find(({ instruction }) => isSame(instruction, call));
  if (build === undefined) throw refusal('terms-changed');
  if (signedBy(transaction).length !== signatures.length) throw refusal('signature-wrong');
  return { build, signature: encodeBase58(signatures[0] ?? new Uint8Array(64)), blockhash };
}

/** The id a transaction goes by, base58. TRANSACTION_REFUSED when it can't be read. */
export const signatureOf = (bytes: Uint8Array): string => encodeBase58(parse(bytes).signatures[0] ?? new Uint8Array(64));

/** Who has to sign it. TRANSACTION_REFUSED when it can't be read. */
export const signersOf = (bytes: Uint8Array): Address[] => parse(bytes).accounts.flatMap(({ address, signer }) => (signer && address !== undefined ? [address] : []));

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

function isSame(expected: Instruction, found: ParsedInstruction): boolean {
  return (
    Buffer.compare(expected.data, found.data) === 0 &&
    expected.accounts.length === found.accounts.length &&
    expected.accounts.every((account, index) => {
      const other = found.accounts[index];
      return other?.address === account.address && other.signer === account.signer && other.writable === account.writable;
    })
  );
}
