import { afterAll, beforeAll, expect, test } from 'vitest';
import { startQuietStack } from '../../bench/quiet-stack.ts';
import { until } from '../../demo/until.ts';
import type { Stack } from '../../stack/stack.ts';
import { repositories } from '../generate/repositories.ts';
import { finalOf } from '../reading/final-of.ts';
import { restOf } from '../reading/rest-of.ts';
import type { Act, Operation } from '../operation.ts';
import { openPlace } from './place.ts';
import { play } from './play.ts';
import { openStage, stackFor, type Stage } from './stage.ts';

let [stack, stage]: [Stack | undefined, Stage | undefined] = [undefined, undefined];
beforeAll(async () => {
  stack = await startQuietStack(stackFor(repositories));
  stage = await openStage(stack, repositories);
});
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

const sol = (amount: bigint) => ({ denom: 'sol', amount }) as const;
const usdc = (amount: bigint) => ({ denom: 'usdc', amount }) as const;

async function playAll(at: Stage, repository: number, operations: readonly Operation[]) {
  const place = await openPlace(at, { seed: at.next(), repository, operations });
  const acts: Act[] = [];
  for (const [of, { round }] of operations.entries()) {
    const before = operations[of - 1]?.round ?? 0;
    if (round > before) await until('rest', async () => (Object.values((await restOf(at)).unhandled).every((count) => count === 0) ? true : undefined));
    acts.push(await play(place, of, acts));
  }
  await until('rest', async () => (Object.values((await restOf(at)).unhandled).every((count) => count === 0) ? true : undefined));
  return { place, acts };
}

test('an offer is funded, awarded by a comment, and told', async () => {
  if (stage === undefined) throw new Error('there is no stage');
  const { place, acts } = await playAll(stage, 0, [
    { round: 0, kind: 'say', by: 'funder', wishes: [sol(500_000_000n), usdc(5_000_000n)], as: 'prose' },
    { round: 0, kind: 'edit', of: 0, wishes: [sol(400_000_000n), usdc(5_000_000n)] },
    { round: 0, kind: 'say', by: 'patron', wishes: [sol(100_000_000n)], as: 'prose' },
    { round: 0, kind: 'remove', of: 2 },
    { round: 0, kind: 'fund', by: 'funder', of: 1, wish: 0, way: 'call', twice: true },
    { round: 0, kind: 'fund', by: 'patron', of: 1, wish: 1, way: 'page', twice: false },
    { round: 0, kind: 'link', by: 'worker' },
    { round: 0, kind: 'pull', by: 'worker', with: 'helper' },
    { round: 0, kind: 'merge', of: 7 },
    { round: 0, kind: 'award', by: 'maintainer', to: [{ to: 'worker', bps: 7_000 }, { to: 'helper', bps: 3_000 }] },
  ]);
  const final = await finalOf(stage, place, acts);
  expect(acts.map(({ outcome }) => outcome)).toEqual(acts.map(() => 'done'));
  expect(final.accounts.map(({ denom, held, state }) => [denom, held, state])).toEqual(expect.arrayContaining([['sol', 400_000_000n, 'awarded'], ['usdc', 5_000_000n, 'awarded']]));
});
