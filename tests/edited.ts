import { compileTransaction, computeBudgetProgram, memoProgram, parseTransaction, signTransaction, type Address, type Instruction, type ParsedInstruction, type Signer } from '@doubloon/escrow';
import type { Manner } from './test-wallet.ts';

/** The parts of a transaction, to put them together in another way. */
export const toInstruction = ({ program, accounts, data }: ParsedInstruction): Instruction => ({
  program,
  accounts: accounts.map(({ address, signer, writable }) => ({ address: address ?? program, signer, writable })),
  data,
});

/** The same transaction with another address wherever `from` stands among the accounts of an instruction. */
export function withOther(transaction: Uint8Array, from: Address, to: Address, payer = parseTransaction(transaction).payer): Uint8Array {
  const { blockhash, instructions } = parseTransaction(transaction);
  const changed = instructions.map(toInstruction).map((one) => ({ ...one, accounts: one.accounts.map((account) => (account.address === from ? { ...account, address: to } : account)) }));
  return compileTransaction({ payer, blockhash, instructions: changed });
}

/** The same wish with another account as payer, in all places of the one that was shown, signed by it. */
export const byAnotherAccount = (shown: Signer, other: Signer): Manner => (transaction) => signTransaction(withOther(transaction, shown.address, other.address, other.address), [other]);

/** The same transaction with one bit of what our own program is told turned: by default one of the first number in it. */
export function withOneBitTurned(transaction: Uint8Array, place = 2): Uint8Array {
  const { payer, blockhash, instructions } = parseTransaction(transaction);
  const isOurs = ({ program }: ParsedInstruction) => program !== computeBudgetProgram && program !== memoProgram;
  const changed = instructions.map((one) => ({ ...toInstruction(one), data: isOurs(one) ? Uint8Array.from(one.data, (byte, at) => (at === place ? byte ^ 1 : byte)) : one.data }));
  return compileTransaction({ payer, blockhash, instructions: changed });
}
