import { decodeBase58 } from '@doubloon/escrow';
import { changed, conditionsOf, failure, result, type Call, type Commitment, type Fault } from './json-rpc.ts';

export type Ask = (method: string, params?: readonly unknown[]) => Promise<unknown>;

interface RawAccount { readonly owner: string; readonly data: readonly [string, 'base64'] }
interface Status { readonly slot: number }

/** What a node knew at one moment: where the chain was, and the accounts of a few programs. */
export interface View {
  readonly slots: Readonly<Record<Commitment, number>>;
  readonly heights: Readonly<Record<Commitment, number>>;
  readonly blockhash: unknown;
  readonly programs: ReadonlyMap<string, ReadonlyMap<string, RawAccount>>;
}

const commitments = ['processed', 'confirmed', 'finalized'] as const;

export async function takeView(ask: Ask, programs: readonly string[]): Promise<View> {
  const accountsOf = async (program: string): Promise<[string, ReadonlyMap<string, RawAccount>]> => {
    const found = (await ask('getProgramAccounts', [program, { commitment: 'processed', encoding: 'base64' }])) as { pubkey: string; account: RawAccount }[];
    return [program, new Map(found.map(({ pubkey, account }) => [pubkey, account]))];
  };
  const numbers = async (method: string) => Object.fromEntries(await Promise.all(commitments.map(async (commitment) => [commitment, await ask(method, [{ commitment }])]))) as Record<Commitment, number>;
  const [slots, heights, blockhash] = [await numbers('getSlot'), await numbers('getBlockHeight'), await ask('getLatestBlockhash', [{ commitment: 'confirmed' }])];
  return { slots, heights, blockhash, programs: new Map(await Promise.all(programs.map(accountsOf))) };
}

function isFiltered(account: RawAccount, filter: { dataSize?: number; memcmp?: { offset: number; bytes: string } }): boolean {
  const data = Buffer.from(account.data[0], 'base64');
  if (filter.dataSize !== undefined) return data.length === filter.dataSize;
  if (filter.memcmp === undefined) return true;
  const bytes = decodeBase58(filter.memcmp.bytes);
  return data.subarray(filter.memcmp.offset, filter.memcmp.offset + bytes.length).equals(bytes);
}

/**
 * Answers reads as a node that has come as far as `viewNow` says. Accounts of other programs than those of the view are
 * shown as they are, under the view's slot; what is sent or simulated passes.
 */
export const behind = (viewNow: () => View): Fault => async (call, forward) => {
  const view = viewNow();
  const { commitment = 'finalized', minContextSlot = 0, filters = [], withContext = false } = conditionsOf(call);
  const slot = view.slots[commitment];
  if (minContextSlot > slot) return failure(call, { code: -32016, message: 'Minimum context slot has not been reached', data: { contextSlot: slot } });
  switch (call.method) {
    case 'getSlot': return result(call, slot);
    case 'getBlockHeight': return result(call, view.heights[commitment]);
    case 'getLatestBlockhash': return result(call, view.blockhash);
    case 'getAccountInfo':
    case 'getMultipleAccounts': return changed(await forward(), (value) => ({ context: { slot }, value: accountsThen(view, call, (value as { value: unknown }).value) }));
    case 'getProgramAccounts': {
      const found = [...(view.programs.get(String(call.params[0])) ?? [])].filter(([, account]) => filters.every((filter) => isFiltered(account, filter))).map(([pubkey, account]) => ({ pubkey, account }));
      return result(call, withContext ? { context: { slot }, value: found } : found);
    }
    case 'getSignatureStatuses': return changed(await forward(), (value) => ({ context: { slot }, value: (value as { value: (Status | null)[] }).value.map((status) => statusThen(view, status)) }));
    default: return forward();
  }
};

function accountsThen({ programs }: View, { method, params }: Call, value: unknown): unknown {
  const then = (address: unknown, now: unknown): unknown => {
    for (const accounts of programs.values()) {
      const known = accounts.get(String(address));
      if (known !== undefined) return known;
    }
    return now !== null && programs.has((now as RawAccount).owner) ? null : now;
  };
  return method === 'getAccountInfo' ? then(params[0], value) : (value as unknown[]).map((now, index) => then((params[0] as unknown[])[index], now));
}

function statusThen({ slots }: View, status: Status | null): unknown {
  // The view was taken in the middle of its newest slot.
  if (status === null || status.slot >= slots.processed) return null;
  const confirmationStatus = status.slot <= slots.finalized ? 'finalized' : status.slot <= slots.confirmed ? 'confirmed' : 'processed';
  return { ...status, confirmations: confirmationStatus === 'finalized' ? null : 1, confirmationStatus };
}
