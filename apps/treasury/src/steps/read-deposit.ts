import { identityAddress, parseAddress, type Identity } from '@doubloon/escrow';
import { checkNode } from '@doubloon/escrow/chain';
import { depositIn } from '../deposits/credit-deposit.ts';
import type { DepositRow } from '../deposits/deposit-row.ts';
import { operatorIn } from '../operator.ts';
import { identityIn } from '../relayer/read-facts.ts';
import type { Treasury } from '../treasury.ts';
import type { StepFacts } from './judge-step.ts';

/** What the newest confirmed state says of a deposit, and of those that it is awarded to, in the order of its shares. CHAIN_UNAVAILABLE and its siblings, GENESIS_MISMATCH. */
export async function readDeposit(context: Pick<Treasury, 'chain' | 'cluster' | 'program' | 'operator'>, row: DepositRow): Promise<{ facts: Omit<StepFacts, 'share' | 'identity'>; identities: readonly (Identity | undefined)[] }> {
  const { chain, program, operator } = context;
  const address = parseAddress(row.address);
  const [time, [operatorAccount, account]] = await Promise.all([chain.time(), chain.accounts([operator, address], 'confirmed')]);
  const found = account && depositIn(account, program);
  const deposit = String(found?.createdSlot) === row.created_slot ? found : undefined;
  const of = deposit?.award?.shares.map(({ githubId }) => identityAddress({ program, operator, githubId }).address) ?? [];
  const identities = of.length === 0 ? [] : await chain.accounts(of, 'confirmed');
  await checkNode(context);
  return { facts: { program, operatorAddress: operator, operator: operatorIn(operatorAccount, program), time, address, deposit }, identities: identities.map((one) => identityIn(one, program)) };
}
