import { isDoubloonError } from '@doubloon/errors';
import { parseTransaction } from '../parse-transaction.ts';
import { reasonOf } from '../program-errors.ts';
import type { Chain, SignatureStatus } from './chain.ts';
import { checkNode, type Pinned } from './pinned.ts';

/** A signed transaction that is to land. */
export interface Sending {
  readonly signature: string;
  readonly transaction: Uint8Array;
  /** The last block height at which it is taken; `undefined` while nobody asked, for a blockhash that the wallet chose. */
  readonly lastValid: bigint | undefined;
}

/** How a transaction seems to have ended, and why in words. */
export interface Ended {
  readonly state: 'expired' | 'failed';
  readonly reason: string;
}

/** What became of a transaction: it was seen, seems to have ended, or is to be sent. `undefined`: there is nothing to do now. */
export type Fate = { readonly kind: 'seen'; readonly status: SignatureStatus } | ({ readonly kind: 'ended' } & Ended) | { readonly kind: 'send' } | undefined;

/** A blockhash that a wallet chose is at most this much newer than the newest confirmed one. */
const newerBlocks = 50n;
const sendsAtOnce = 8;

/**
 * Looks up what became of each: `slot` is final and was before all that was looked at. `noteLastValid` is told of heights that were not known
 * yet. CHAIN_UNAVAILABLE, CHAIN_ANSWER_MALFORMED and GENESIS_MISMATCH say nothing about any of them.
 */
export async function fatesOf<S extends Sending>(context: Pinned, rows: readonly S[], noteLastValid: (row: S, height: bigint) => Promise<void>): Promise<{ slot: bigint; fates: readonly { row: S; fate: Fate }[] }> {
  const { chain } = context;
  await checkNode(context);
  // Heights before statuses: what was not seen by then, and is too old at that height, will not be seen later.
  const [final, confirmed, slot] = await Promise.all([chain.blockHeight('finalized'), chain.blockHeight('confirmed'), chain.slot('finalized')]);
  const due = await Promise.all(rows.map(async (row) => ({ row, lastValid: row.lastValid ?? (await chosenUntil(chain, (height) => noteLastValid(row, height))) })));
  const statuses = await statusesOf(chain, rows, { searchHistory: false });
  const late = due.filter(({ row, lastValid }) => statuses.get(row.signature) === undefined && lastValid < final).map(({ row }) => row);
  for (const [signature, status] of await statusesOf(chain, late, { searchHistory: true })) statuses.set(signature, status);

  const fateOf = (row: S, lastValid: bigint): Fate => {
    const status = statuses.get(row.signature);
    if (status === undefined && late.includes(row)) return { kind: 'ended', state: 'expired', reason: 'The network did not take it in time.' };
    if (status === undefined) return lastValid >= confirmed ? { kind: 'send' } : undefined;
    // What failed before it is final may still land on another fork.
    const hasFailed = status.commitment === 'finalized' && status.error !== undefined && status.slot <= slot;
    return hasFailed ? { kind: 'ended', state: 'failed', reason: `The chain refused it: ${reasonOf(status.error).message}` } : { kind: 'seen', status };
  };
  return { slot, fates: due.map(({ row, lastValid }) => ({ row, fate: fateOf(row, lastValid) })) };
}

async function chosenUntil(chain: Chain, note: (height: bigint) => Promise<void>): Promise<bigint> {
  const height = (await chain.latestBlockhash()).lastValidBlockHeight + newerBlocks;
  await note(height);
  return height;
}

async function statusesOf(chain: Chain, rows: readonly Sending[], options: { searchHistory: boolean }): Promise<Map<string, SignatureStatus | undefined>> {
  if (rows.length === 0) return new Map();
  const statuses = await chain.signatureStatuses(rows.map(({ signature }) => signature), options);
  return new Map(rows.map(({ signature }, index) => [signature, statuses[index]]));
}

/** Sends some at a time. One that the node does not take keeps no other from it, unless the node wants to be left alone; then rejects with the first failure. */
export async function sendEach<S>(rows: readonly S[], send: (row: S) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  const wantsToBeLeftAlone = (failure: unknown) => isDoubloonError(failure, 'CHAIN_UNAVAILABLE') && (failure.facts.retryAfterMs ?? 0) > 0;
  for (let at = 0; at < rows.length && !failures.some(wantsToBeLeftAlone); at += sendsAtOnce) {
    const outcomes = await Promise.allSettled(rows.slice(at, at + sendsAtOnce).map((row) => send(row)));
    failures.push(...outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : [])));
  }
  if (failures.length > 0) throw failures[0];
}

/** Which of these would still be taken for their blockhash, by what the node knows: they may land yet, whatever was seen of them. */
export async function stillTaken<S extends Sending>(chain: Chain, rows: readonly S[]): Promise<ReadonlySet<S>> {
  const blockhashOf = new Map(rows.map((row) => [row, parseTransaction(row.transaction).blockhash]));
  const valid = new Map(await Promise.all([...new Set(blockhashOf.values())].map(async (blockhash) => [blockhash, await chain.blockhashValid(blockhash, 'processed')] as const)));
  return new Set(rows.filter((row) => valid.get(blockhashOf.get(row) ?? '') !== false));
}
