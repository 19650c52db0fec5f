import { DoubloonError } from '@doubloon/errors';
import { decodeOperator, type Address, type Operator } from '@doubloon/escrow';
import { readFinal, type ChainAccount, type FinalState } from '@doubloon/escrow/chain';
import type { Treasury } from './treasury.ts';

/** The operator in an account that was read. CHAIN_ANSWER_MALFORMED when it is none of our program: it never goes away. */
export function operatorIn(account: ChainAccount | undefined, program: Address): Operator {
  if (account?.owner !== program) throw new DoubloonError('CHAIN_ANSWER_MALFORMED', { call: 'getMultipleAccounts', problem: 'it leaves out the operator account' });
  return decodeOperator(account.data);
}

/** Accounts in finalized state, and the operator in the same. */
export async function readWithOperator(context: Pick<Treasury, 'chain' | 'cluster' | 'program' | 'operator'>, addresses: readonly Address[], from?: bigint): Promise<FinalState & { operator: Operator }> {
  const state = await readFinal(context, [context.operator, ...addresses], from);
  const [operator, ...accounts] = state.accounts;
  return { ...state, accounts, operator: operatorIn(operator, context.program) };
}
