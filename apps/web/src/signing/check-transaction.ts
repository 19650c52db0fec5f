import { computeBudgetProgram, memoProgram, parseTransaction, type Address, type Instruction, type ParsedInstruction } from '@doubloon/escrow';

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
function feeOf(instructions: readonly ParsedInstruction[], signatures: number): bigint | undefined {
  const asked = { units: 200_000n * BigInt(instructions.length), price: 0n };
  for (const { program, data } of instructions) {
    if (program !== computeBudgetProgram) continue;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (data[0] === unitLimit.tag && data.length === unitLimit.bytes) asked.units = BigInt(view.getUint32(1, true));
    else if (data[0] === unitPrice.tag && data.length === unitPrice.bytes) asked.price = view.getBigUint64(1, true);
    else return undefined;
  }
  return lamportsPerSignature * BigInt(signatures) + (asked.units * asked.price + 999_999n) / 1_000_000n;
}

const lamportsOf = (sol: string): bigint => {
  const [whole = '', part = ''] = sol.split('.');
  return BigInt(whole + part.padEnd(9, '0'));
};

/** What a page shows about a transaction: its one call into our program, and what it costs at most, in SOL as decimal text. */
export interface Shown {
  readonly instruction: Instruction;
  /** Another call that may stand before it once, byte by byte, such as opening a token account for whoever is paid. */
  readonly opening?: Instruction | undefined;
  /** Who pays the network, and signs first. */
  readonly payer: Address;
  readonly networkFee: string;
}

/** What differs between a transaction and what is shown. */
export type Difference = 'its form' | 'who pays' | 'who signs' | 'what it calls' | 'the network fee' | 'the accounts it touches' | 'what it says';

/**
 * Checks, in the browser and before the wallet sees it, that a transaction does what the page shows and nothing else: the
 * expected call is built here from what is shown and compared byte by byte, and nothing but the compute budget and a memo
 * stands around it. Answers what differs; undefined when nothing does.
 */
export function checkTransaction(bytes: Uint8Array, { instruction, opening, payer, networkFee }: Shown): Difference | undefined {
  let transaction;
  try {
    transaction = parseTransaction(bytes);
  } catch {
    return 'its form';
  }
  if (transaction.usesLookupTables) return 'its form';
  if (transaction.payer !== payer) return 'who pays';
  const signers = new Set([payer, ...instruction.accounts.flatMap(({ address, signer }) => (signer ? [address] : []))]);
  const asked = transaction.accounts.flatMap(({ address, signer }) => (signer ? [address] : []));
  // Whoever is missing among them is found with the accounts below.
  if (asked.some((address) => address === undefined || !signers.has(address))) return 'who signs';
  // A role is one for the whole transaction: whoever pays signs and is written to wherever they are named, and so is what another call writes to.
  const roles = [instruction, ...(opening === undefined ? [] : [opening])].flatMap(({ accounts }) => accounts);
  const asOne = (call: Instruction): Instruction => ({ ...call, accounts: call.accounts.map((account) => ({ address: account.address, signer: account.address === payer || roles.some(({ address, signer }) => signer && address === account.address), writable: account.address === payer || roles.some(({ address, writable }) => writable && address === account.address) })) });
  const opens = opening === undefined ? [] : transaction.instructions.filter((one) => one.program === opening.program && sameAccounts(one, asOne(opening)) && sameBytes(one.data, opening.data));
  const ours = transaction.instructions.filter(({ program }) => program === instruction.program);
  const strangers = transaction.instructions.filter((one) => one !== opens[0] && ![instruction.program, computeBudgetProgram, memoProgram].includes(one.program));
  const [only] = ours;
  if (only === undefined || ours.length > 1 || strangers.length > 0) return 'what it calls';
  const fee = feeOf(transaction.instructions, asked.length);
  if (fee === undefined || fee > lamportsOf(networkFee) + feeSlackLamports) return 'the network fee';
  if (!sameAccounts(only, asOne(instruction))) return 'the accounts it touches';
  return sameBytes(only.data, instruction.data) ? undefined : 'what it says';
}

/** Whether what the wallet gave back is to be paid by another account than `payer`. What can't be read is for the server to refuse. */
export function paidByAnother(signed: Uint8Array, payer: string): boolean {
  try {
    return parseTransaction(signed).payer !== payer;
  } catch {
    return false;
  }
}
