import { setTimeout as sleep } from 'node:timers/promises';
import { checkNode, type Pinned } from './pinned.ts';

/** A wallet takes its blockhash from a node of its own, which may be ahead of ours: the waits between looks, in milliseconds. */
const aheadMs = [500, 1_500];

// The node does not know the blockhash, or no longer.
const isBlockhashUnknown = (error: unknown): boolean => error === 'BlockhashNotFound';

/**
 * Asks the chain what it would say to signed bytes: how it would fail, that it came too late, or `undefined`. A chain that doesn't
 * answer (`unasked` hears why), is not ours, or knows the transaction already is no problem. A blockhash that is neither ours
 * nor known to the chain is: what can't land would lock its place, at no cost to whoever made it up. `lastValid` is the last height at
 * which ours is taken, `undefined` for a blockhash that the wallet chose.
 */
export async function tryOut(context: Pinned, { transaction, lastValid, unasked }: { transaction: Uint8Array; lastValid: bigint | undefined; unasked: (error: unknown) => void }): Promise<{ readonly error: unknown } | { readonly expired: true } | undefined> {
  const { chain } = context;
  const failed = (error: unknown) => {
    unasked(error);
    return undefined;
  };
  if ((await checkNode(context).then(() => true, failed)) === undefined) return undefined;
  let simulation = await chain.simulate(transaction).catch(failed);
  for (const ms of lastValid === undefined ? aheadMs : []) {
    if (simulation === undefined || !isBlockhashUnknown(simulation.error)) break;
    await sleep(ms);
    simulation = await chain.simulate(transaction).catch(failed);
  }
  if (simulation?.error === undefined || simulation.error === 'AlreadyProcessed') return undefined;
  if (!isBlockhashUnknown(simulation.error)) return { error: simulation.error };
  if (lastValid === undefined) return { expired: true };
  const height = await chain.blockHeight('confirmed').catch(failed);
  return height !== undefined && height > lastValid ? { expired: true } : undefined;
}
