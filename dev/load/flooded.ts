import { randomUUID } from 'node:crypto';
import { load } from '../bench/load.ts';
import { flood } from './flood.ts';
import { countKnown, exampleOf, receiverOf, startLoadedStack, untilHandled, watchMemory } from './loaded-stack.ts';
import { residentBytes } from './samples.ts';

export type Figures = Readonly<Record<string, number>>;

const recoveredWithinS = 3_600;

/** Ten times as many deliveries as the App takes, for so many seconds, and what became of each of them. */
export async function measureFlood(seconds: number, most: number): Promise<Figures> {
  await using stack = await startLoadedStack();
  const [{ port, secret }, body] = [receiverOf(stack), await exampleOf(stack)];
  const alone = await load({ port, connections: 32, deliveries: 1_000_000, seconds: 5, secret, event: 'issue_comment', bodies: [body] });
  const perSecond = Math.max(10, Math.round(alone.perSecond * 10));
  const guids = Array.from({ length: Math.min(most, perSecond * seconds) }, () => randomUUID());
  const before = await residentBytes(stack.app('github-app').pid);
  await using memory = watchMemory(stack);
  const flooded = await flood({ port, secret, event: 'issue_comment', body, guids, perSecond, connections: 600 });
  const { known } = await countKnown(stack, guids);
  const handled = await untilHandled(stack, guids, recoveredWithinS, known);
  // GitHub has tried each once, and never does again by itself.
  stack.github.miss(guids.length, (nth) => ({ guid: guids[nth] ?? '', event: 'issue_comment', action: 'created', payload: () => JSON.parse(body) as object }));
  const recovered = await untilHandled(stack, guids, recoveredWithinS);
  const { 202: accepted = 0, 503: shed = 0, ...others } = flooded.answers as Record<number, number>;
  // Given up after three seconds, and stored a moment later: 503 was answered, and nothing is missing.
  if (known < accepted) throw new Error(`${String(accepted)} deliveries were accepted and ${String(known)} are there`);
  return {
    'accepted a second, alone': alone.perSecond, 'sent': guids.length, 'sent a second': guids.length / flooded.seconds,
    'answered 202': accepted, 'answered 503': shed, 'other answers': Object.values(others).reduce((sum, count) => sum + count, 0),
    'accepted a second, in the flood': accepted / flooded.seconds,
    'ms to 202, p50': flooded.accepted.p50, 'ms to 202, p99': flooded.accepted.p99, 'ms to 503, p99': flooded.shed.p99,
    'memory before, MB': before / 1e6, 'memory at most, MB': memory.most / 1e6,
    'seconds until all that was accepted was handled': handled,
    'recovered by the sweep': guids.length - known, 'seconds until all of it was handled': recovered,
  };
}
