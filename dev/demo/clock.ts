import type { Stack } from '../stack/stack.ts';
import type { Teller } from './teller.ts';
import { until } from './until.ts';

/** An instant of the chain, unix seconds, as text. */
export const instant = (seconds: bigint): string => new Date(Number(seconds) * 1000).toISOString();

/** Moves the chain's clock, and nobody else's, to `at` at least. Resolves when the chain is there. */
export async function moveClock({ chain, localnet }: Pick<Stack, 'chain' | 'localnet'>, at: bigint): Promise<{ before: bigint; now: bigint }> {
  const before = await chain.time();
  if (at > before) await localnet.timeTravel(Number(at - before));
  const now = await until(`the chain to be at ${instant(at)}`, async () => {
    const time = await chain.time();
    return time >= at ? time : undefined;
  });
  return { before, now };
}

/** The same, told. */
export async function letTimePass({ stack, tell }: Teller, what: string, at: bigint): Promise<void> {
  const { before, now } = await moveClock(stack, at);
  tell(what, [`before    ${instant(before)}`, `now       ${instant(now)}`]);
}
