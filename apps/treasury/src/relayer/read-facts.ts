import { associatedTokenAddress, decodeIdentity, effectiveWallet, identityAddress, parseAddress, tokenProgram, type Address, type Identity } from '@doubloon/escrow';
import { checkNode, type ChainAccount } from '@doubloon/escrow/chain';
import { depositIn } from '../deposits/credit-deposit.ts';
import { operatorIn, readWithOperator } from '../operator.ts';
import type { Relaying } from './context.ts';
import type { IntentRow } from './intent-row.ts';
import type { Facts } from './judge-intent.ts';

/** The identity in an account that was read; `undefined` when there is none of our program. */
export const identityIn = (account: ChainAccount | undefined, program: Address): Identity | undefined => (account?.owner === program ? decodeIdentity(account.data) : undefined);

type Read = { readonly operator: Facts['operator']; readonly time: bigint; readonly accounts: readonly (ChainAccount | undefined)[] };

/** What the newest confirmed state says to each intent: what is built on it may still turn out otherwise, and then fails. */
export async function newestFacts(context: Relaying, intents: readonly IntentRow[]): Promise<Facts[]> {
  const { chain, operator, program } = context;
  return factsIn(context, intents, async (addresses) => {
    const [time, [account, ...accounts]] = await Promise.all([chain.time(), chain.accounts([operator, ...addresses], 'confirmed')]);
    await checkNode(context);
    return { time, operator: operatorIn(account, program), accounts };
  });
}

/** What finalized state says: only what stands there has happened. */
export const finalFacts = (context: Relaying, intents: readonly IntentRow[]): Promise<Facts[]> => factsIn(context, intents, (addresses) => readWithOperator(context, addresses));

async function factsIn({ program, operator: operatorAddress, key }: Relaying, intents: readonly IntentRow[], read: (addresses: readonly Address[]) => Promise<Read>): Promise<Facts[]> {
  const state = await read(intents.map(({ deposit }) => parseAddress(deposit)));
  const deposits = intents.map(({ created_slot: createdSlot }, index) => {
    const account = state.accounts[index];
    const deposit = account && depositIn(account, program);
    return String(deposit?.createdSlot) === createdSlot ? deposit : undefined;
  });
  const users = intents.map(({ share }, index) => (share === null ? undefined : deposits[index]?.award?.shares[share]?.githubId));
  const identities = await found(read, users.map((githubId) => (githubId === undefined ? undefined : identityAddress({ program, operator: operatorAddress, githubId }).address)));
  const tokenAccounts = intents.map(({ action }, index) => {
    const standing = effectiveWallet(identityIn(identities[index], program), state.operator, state.time);
    const mint = deposits[index]?.mint;
    return action === 'payout' && mint !== undefined && standing.kind === 'wallet' ? associatedTokenAddress({ wallet: standing.wallet, mint }).address : undefined;
  });
  const opened = await found(read, tokenAccounts);
  return intents.map((_, index) => ({
    program, operatorAddress, operator: state.operator, relayer: key.address, time: state.time,
    deposit: deposits[index], identity: identityIn(identities[index], program), 
    // Lamports that a stranger sent there make no token account.
    hasTokenAccount: opened[index]?.owner === tokenProgram,
  }));
}

/** The accounts in the places of their addresses; nobody is asked when there is nothing to ask. */
async function found(read: (addresses: readonly Address[]) => Promise<Read>, addresses: readonly (Address | undefined)[]): Promise<(ChainAccount | undefined)[]> {
  const wanted = [...new Set(addresses.filter((one) => one !== undefined))];
  if (wanted.length === 0) return addresses.map(() => undefined);
  const { accounts } = await read(wanted);
  const byAddress = new Map(wanted.map((one, index) => [one, accounts[index]]));
  return addresses.map((one) => one && byAddress.get(one));
}
