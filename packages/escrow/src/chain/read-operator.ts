import { DoubloonError } from '@doubloon/errors';
import { decodeOperator, type Operator } from '../accounts.ts';
import type { Address } from '../address.ts';
import type { Chain } from './chain.ts';

/** The operator account that the settings of an app name, which begin with `prefix`. CONFIG_INVALID when there is none, CHAIN_UNAVAILABLE. */
export async function readOperator(chain: Chain, { program, operator, prefix }: { program: Address; operator: Address; prefix: string }): Promise<Operator> {
  const account = await chain.account(operator, 'confirmed');
  const problem = account === undefined ? 'there is no such account on this chain' : account.owner !== program ? `the account does not belong to ${prefix}PROGRAM` : undefined;
  if (account === undefined || problem !== undefined) throw new DoubloonError('CONFIG_INVALID', { problems: [`${prefix}OPERATOR: ${problem ?? ''}`] });
  return decodeOperator(account.data);
}
