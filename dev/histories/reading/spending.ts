import { localProgram, parseAddress, vaultAddress, type Address } from '@doubloon/escrow';
import type { Part } from '../operation.ts';
import { keyOf, type Place, type Signed } from '../play/place.ts';
import type { Stage } from '../play/stage.ts';

/** What one transaction of somebody's own took out of their wallet, in base units. */
export interface Spending {
  readonly by: Part;
  readonly sol: bigint;
  readonly usdc: bigint;
  /** For one that made a deposit: lamports that come back when its accounts are closed. */
  readonly rent: { readonly deposit: string; readonly lamports: bigint } | undefined;
}

interface Balance { readonly owner: string; readonly mint: string; readonly uiTokenAmount: { readonly amount: string } }
interface Landed {
  readonly transaction: { readonly message: { readonly accountKeys: readonly string[] } };
  readonly meta: { readonly preBalances: readonly number[]; readonly postBalances: readonly number[]; readonly preTokenBalances?: readonly Balance[]; readonly postTokenBalances?: readonly Balance[] };
}

/** What the chain says of every transaction that somebody signed, by the key of the issue; one that never landed took nothing. `reserve` is the rent of a deposit. */
export async function spendingOf(stage: Stage, places: readonly Place[], reserve: bigint): Promise<ReadonlyMap<string, readonly Spending[]>> {
  const all = places.flatMap((place) => place.signed.map((signed) => ({ place, signed })));
  const statuses = await stage.stack.chain.signatureStatuses(all.map(({ signed: { signature } }) => signature), { searchHistory: true });
  const found = await Promise.all(all.map(async ({ place, signed }, index) => {
    if (statuses[index] === undefined) return [];
    return [{ key: keyOf(place), spending: spendingIn(place, signed, { mint: stage.stack.localnet.mints.usdc, reserve, landed: await landed(stage, signed.signature) }) }];
  }));
  return new Map([...Map.groupBy(found.flat(), ({ key }) => key)].map(([key, group]) => [key, group.map(({ spending }) => spending)]));
}

async function landed({ stack: { localnet: { rpcUrl } } }: Stage, signature: string): Promise<Landed> {
  const reply = await fetch(rpcUrl, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'getTransaction', params: [signature, { encoding: 'json', commitment: 'confirmed', maxSupportedTransactionVersion: 0 }] }),
  });
  const { result } = (await reply.json()) as { result?: Landed | null };
  if (result === undefined || result === null) throw new Error(`the chain knows no more of ${signature} than that it landed`);
  return result;
}

function spendingIn({ people }: Place, { by, deposit }: Signed, { mint: usdcMint, reserve, landed: { transaction: { message: { accountKeys } }, meta } }: { mint: string; reserve: bigint; landed: Landed }): Spending {
  const wallet = people[by].wallet.address;
  const lamports = (balances: readonly number[], address: string) => BigInt(balances[accountKeys.indexOf(address)] ?? 0);
  const tokens = (balances: readonly Balance[] | undefined) => BigInt(balances?.find(({ owner, mint }) => owner === wallet && mint === usdcMint)?.uiTokenAmount.amount ?? '0');
  const sol = lamports(meta.preBalances, wallet) - lamports(meta.postBalances, wallet);
  const usdc = tokens(meta.preTokenBalances) - tokens(meta.postTokenBalances);
  return { by, sol, usdc, rent: deposit === undefined || lamports(meta.preBalances, deposit) > 0n ? undefined : { deposit, lamports: rentIn(parseAddress(deposit)) } };

  function rentIn(made: Address): bigint {
    const vault = lamports(meta.postBalances, vaultAddress({ program: localProgram, deposit: made }).address);
    return vault === 0n ? reserve : vault + lamports(meta.postBalances, made);
  }
}
