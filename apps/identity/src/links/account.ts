import { DoubloonError, isDoubloonError } from '@doubloon/errors';
import { addressBytes, decodeIdentity, decodeOperator, identityAddress, identityLayout, type Address, type Identity, type Operator } from '@doubloon/escrow';
import type { ChainAccount } from '@doubloon/escrow/chain';
import type { IdentityContext } from '../context.ts';

type Where = Pick<IdentityContext, 'program' | 'operator'>;

/** The identity in an account of the program; `undefined` when there is none, or it is no identity of this user and operator. */
export function identityIn(account: ChainAccount | undefined, { program, operator }: Where, githubId?: string): Identity | undefined {
  if (account?.owner !== program) return undefined;
  try {
    const found = decodeIdentity(account.data);
    return found.operator === operator && (githubId === undefined || found.githubId === githubId) ? found : undefined;
  } catch (error) {
    if (isDoubloonError(error, 'ACCOUNT_MALFORMED')) return undefined;
    throw error;
  }
}

/** The operator account, which has to be there. CHAIN_ANSWER_MALFORMED. */
export function operatorIn(account: ChainAccount | undefined, { program }: Where): Operator {
  if (account?.owner !== program) throw new DoubloonError('CHAIN_ANSWER_MALFORMED', { call: 'getMultipleAccounts', problem: 'it leaves out the operator account' });
  return decodeOperator(account.data);
}

// Deriving an address takes tens of tries.
const derived = new Map<string, Address>();
const mostDerived = 10_000;

export function accountOf({ program, operator }: Where, githubId: string): Address {
  const key = `${program} ${operator} ${githubId}`;
  const address = derived.get(key) ?? identityAddress({ program, operator, githubId }).address;
  if (derived.size >= mostDerived) derived.clear();
  derived.set(key, address);
  return address;
}

/** What the identities of an operator have in common. */
export const identitiesOf = (operator: Address) => ({
  dataSize: identityLayout.size,
  memcmp: [{ offset: 0, bytes: Uint8Array.of(identityLayout.discriminator) }, { offset: identityLayout.fields.operator.offset, bytes: addressBytes(operator) }],
});

/** An instant of the chain, in unix seconds. */
export const instant = (seconds: bigint): Date => new Date(Number(seconds) * 1000);
