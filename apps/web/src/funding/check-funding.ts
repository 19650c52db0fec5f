import { computeBudgetProgram, depositAddress, depositNonce, fundSol, fundToken, memoProgram, parseAddress, parseTransaction, type Instruction, type ParsedInstruction } from '@doubloon/escrow';
import type { OfferView, TermsView } from './offer-view.ts';

/** What the page showed, and what the server built from it. */
export interface Shown {
  readonly offer: OfferView;
  readonly terms: TermsView;
  readonly wallet: string;
  readonly deposit: string;
  /** RFC 3339, as built. */
  readonly deadline: string;
}

// Terms are computed when the page is shown and again when the person signs: a page may lie open over night.
const deadlineSlackMs = 48 * 3600 * 1000;

const sameBytes = (one: Uint8Array, other: Uint8Array) => one.length === other.length && one.every((byte, index) => byte === other[index]);

const sameAccounts = (parsed: ParsedInstruction, expected: Instruction) =>
  parsed.accounts.length === expected.accounts.length &&
  parsed.accounts.every(({ address, signer, writable }, index) => {
    const account = expected.accounts[index];
    return account !== undefined && address === account.address && signer === account.signer && writable === account.writable;
  });

// Solana's compute budget program: 2 sets the units (u32), 3 the price of a unit in millionths of a lamport (u64).
const unitLimit = { tag: 2, bytes: 5 };
const unitPrice = { tag: 3, bytes: 9 };
const lamportsPerSignature = 5_000n;
// What the page shows is an estimate of the moment; beyond this the difference is no accident.
const feeSlackLamports = 500_000n;

/** Lamports the transaction costs whatever becomes of it; undefined when it asks the compute budget for anything else. */
function feeOf(instructions: readonly ParsedInstruction[]): bigint | undefined {
  const asked = { units: 200_000n * BigInt(instructions.length), price: 0n };
  for (const { program, data } of instructions) {
    if (program !== computeBudgetProgram) continue;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (data[0] === unitLimit.tag && data.length === unitLimit.bytes) asked.units = BigInt(view.getUint32(1, true));
    else if (data[0] === unitPrice.tag && data.length === unitPrice.bytes) asked.price = view.getBigUint64(1, true);
    else return undefined;
  }
  return lamportsPerSignature + (asked.units * asked.price + 999_999n) / 1_000_000n;
}

const lamportsOf = (sol: string): bigint => {
  const [whole = '', part = ''] = sol.split('.');
  return BigInt(whole + part.padEnd(9, '0'));
};

/**
 * Checks, in the browser and before the wallet sees it, that a transaction does what the page shows and nothing else. The
 * expected instruction is built here from what is shown and compared byte by byte. Answers what differs, in words;
 * undefined when nothing does.
 */
export function checkFunding(bytes: Uint8Array, { offer, terms, wallet, deposit, deadline }: Shown): string | undefined {
  let transaction;
  try {
    transaction = parseTransaction(bytes);
  } catch {
    return 'its form';
  }
  if (transaction.usesLookupTables) return 'its form';
  if (transaction.payer !== wallet || transaction.signatures.length !== 1) return 'who pays';
  if (Math.abs(Date.parse(deadline) - Date.parse(terms.deadline)) > deadlineSlackMs) return 'the deadline';

  const program = parseAddress(terms.program);
  const key = {
    program,
    operator: parseAddress(terms.operator),
    repositoryId: offer.issue.repositoryId,
    issueId: offer.issue.issueId,
    funder: parseAddress(wallet),
    nonce: depositNonce(offer.id),
  };
  const approver = terms.approver === undefined ? undefined : parseAddress(terms.approver);
  const agreed = { ...key, amount: BigInt(offer.amount), deadline: BigInt(Date.parse(deadline)) / 1000n, withRelayer: terms.withRelayer, approver };
  const expected = terms.mint === undefined ? fundSol(agreed) : fundToken({ ...agreed, mint: parseAddress(terms.mint) });

  const ours = transaction.instructions.filter((instruction) => instruction.program === program);
  const strangers = transaction.instructions.filter((instruction) => ![program, computeBudgetProgram, memoProgram].includes(instruction.program));
  const [only] = ours;
  if (only === undefined || ours.length > 1 || strangers.length > 0) return 'what it calls';
  const fee = feeOf(transaction.instructions);
  if (fee === undefined || fee > lamportsOf(terms.networkFee) + feeSlackLamports) return 'the network fee';
  if (depositAddress(key).address !== deposit || !sameAccounts(only, expected)) return 'the accounts it touches';
  return sameBytes(only.data, expected.data) ? undefined : 'the amount, the issue or the terms';
}

/** Whether what the wallet gave back is to be paid by another account than the one shown. What can't be read is for the server to refuse. */
export function paidByAnother(signed: Uint8Array, wallet: string): boolean {
  try {
    return parseTransaction(signed).payer !== wallet;
  } catch {
    return false;
  }
}
