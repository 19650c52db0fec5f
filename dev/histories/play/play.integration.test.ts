import { afterAll, beforeAll, expect, test } from 'vitest';
import { startQuietStack } from '../../bench/quiet-stack.ts';
import { until } from '../../demo/until.ts';
import type { Stack } from '../../stack/stack.ts';
import type { Final } from '../final.ts';
import { repositories } from '../generate/repositories.ts';
import { journeys, type Act, type Operation, type Round } from '../operation.ts';
import { finalsOf } from '../reading/final-of.ts';
import { restOf } from '../reading/rest-of.ts';
import { openPlace, type Place } from './place.ts';
import { play } from './play.ts';
import { openStage, stackFor, type Stage } from './stage.ts';

const open = new AsyncDisposableStack();
let [stack, stage]: [Stack, Stage] = [undefined as never, undefined as never];
const quick = { TREASURY_SEND_EVERY: '400ms', TREASURY_WATCH_EVERY: '400ms' };
beforeAll(async () => {
  const settings = stackFor(repositories);
  stack = open.use(await startQuietStack({ ...settings, env: { ...settings.env, treasury: { ...settings.env.treasury, ...quick } } }));
  stage = open.use(await openStage(stack, repositories));
});
afterAll(() => open.disposeAsync());

const sol = (amount: bigint) => ({ denom: 'sol', amount }) as const;
const usdc = (amount: bigint) => ({ denom: 'usdc', amount }) as const;

/** Two histories side by side, with everything that somebody can do in one of them. */
const stories: readonly (readonly Operation[])[] = [
  [
    { round: 0, kind: 'say', by: 'funder', wishes: [sol(500_000_000n), usdc(5_000_000n), sol(20_000_000n)], as: 'prose' },
    { round: 0, kind: 'edit', of: 0, wishes: [sol(400_000_001n), usdc(5_000_000n)] },
    { round: 0, kind: 'say', by: 'patron', wishes: [sol(100_000_000n)], as: 'code' },
    { round: 0, kind: 'remove', of: 2 },
    { round: 0, kind: 'fund', by: 'funder', of: 1, wish: 0, way: 'call', twice: true },
    { round: 0, kind: 'fund', by: 'patron', of: 1, wish: 1, way: 'page', twice: false },
    // It is in escrow already, and what asks for nothing is no offer.
    { round: 0, kind: 'fund', by: 'patron', of: 1, wish: 0, way: 'call', twice: false },
    { round: 0, kind: 'fund', by: 'patron', of: 2, wish: 0, way: 'call', twice: false },
    { round: 0, kind: 'link', by: 'worker' },
    { round: 0, kind: 'pull', by: 'worker', with: 'helper' },
    { round: 0, kind: 'merge', of: 9 },
    { round: 0, kind: 'merge', of: 9 },
    { round: 0, kind: 'award', by: 'stranger', to: { pull: 9 } },
    // Nobody was awarded anything.
    { round: 0, kind: 'pay', of: 4, share: 0 },
    { round: 1, kind: 'award', by: 'maintainer', to: [{ to: 'worker', bps: 3_333 }, { to: 'helper', bps: 6_667 }] },
    { round: 2, kind: 'pay', of: 4, share: 1 },
  ],
  [
    { round: 0, kind: 'retitle' },
    { round: 0, kind: 'rename', who: 'funder' },
    { round: 0, kind: 'rename-repository' },
    { round: 0, kind: 'say', by: 'funder', wishes: [usdc(7_000_001n), sol(30_000_000n)], as: 'prose' },
    { round: 0, kind: 'attempt', by: 'helper' },
    { round: 0, kind: 'fund', by: 'funder', of: 3, wish: 0, way: 'call', twice: false },
    { round: 0, kind: 'fund', by: 'stranger', of: 3, wish: 1, way: 'call', twice: false },
    { round: 0, kind: 'close', as: 'completed' },
    { round: 0, kind: 'reopen' },
    // It is too early.
    { round: 0, kind: 'refund', of: 5 },
    { round: 1, kind: 'sign-award', of: 5, to: [{ to: 'helper', bps: 10_000 }] },
    { round: 1, kind: 'veto', by: 'worker' },
    { round: 1, kind: 'sign-veto', of: 5 },
    { round: 2, kind: 'cancel', by: 'maintainer' },
  ],
];

async function rest(): Promise<void> {
  await until('everything to come to rest', async () => (Object.values((await restOf(stage)).unhandled).every((count) => count === 0) ? true : undefined), 60_000);
}

let [places, acts, finals]: [readonly Place[], Act[][], readonly Final[]] = [[], [], []];
beforeAll(async () => {
  places = await Promise.all(stories.map((operations, nth) => openPlace(stage, { seed: nth, repository: nth, operations })));
  acts = stories.map(() => []);
  for (const round of [0, 1, 2] satisfies Round[]) {
    if (journeys[round] > 0) await stack.localnet.timeTravel(journeys[round]);
    await Promise.all(places.map(async (place, nth) => {
      for (const [of, operation] of place.history.operations.entries()) if (operation.round === round) acts[nth]?.push(await play(place, of, acts[nth] ?? []));
    }));
    await rest();
  }
  // What is final is paid by itself, when the relayer has looked.
  finals = await until('the payout', async () => {
    const read = await finalsOf(stage, places.map((place, nth) => ({ place, acts: acts[nth] ?? [] })));
    return (read[0]?.received.worker.sol ?? 0n) > 0n && (read[0]?.received.worker.usdc ?? 0n) > 0n ? read : undefined;
  });
});

const came = (nth: number): string[] => (acts[nth] ?? []).map(({ outcome, code }) => (code === undefined ? outcome : `${outcome} ${code}`));

test('each operation is done, or refused by whoever has to', () => {
  const done = 'done';
  expect(came(0)).toEqual([
    done, done, done, done, done, done, 'refused OFFER_NOT_OPEN', 'refused WISH_ABSENT', done, done, done, 'refused REQUEST_INVALID', done,
    'refused SHARE_ABSENT', done, 'refused NOT_LINKED',
  ]);
  expect(came(1)).toEqual([done, done, done, done, done, done, done, done, done, 'refused FAILED_ON_CHAIN', done, done, done, done]);
});

test('who hands in the same bytes twice has signed once, and everything that was signed is remembered', () => {
  const signed = acts.flat().flatMap((act) => act.signed ?? []);
  expect(signed).toHaveLength(7);
  expect(signed.every(({ hasLanded }) => hasLanded)).toBe(true);
  expect(places.flatMap((place) => place.signed.map(({ signature }) => signature)).toSorted()).toEqual(signed.map(({ signature }) => signature).toSorted());
});

test('every unit of money that was put in is with somebody or in escrow, by the chain alone, and rent and fees are none of it', () => {
  const [awarded, cancelled] = finals;
  expect(awarded?.received).toMatchObject({ worker: { sol: 133_320_001n, usdc: 1_666_500n }, helper: { sol: 0n, usdc: 0n }, funder: { sol: 0n, usdc: 0n }, patron: { sol: 0n, usdc: 0n } });
  expect(awarded?.accounts.map(({ denom, held, state, award }) => [denom, held, state, award?.by])).toEqual(expect.arrayContaining([['sol', 266_680_000n, 'awarded', ['relayer']], ['usdc', 3_333_500n, 'awarded', ['relayer']]]));
  expect(cancelled?.received).toMatchObject({ funder: { sol: 0n, usdc: 7_000_001n }, stranger: { sol: 30_000_000n, usdc: 0n } });
  expect(cancelled?.accounts.map(({ denom, held, state }) => [denom, held, state])).toEqual(expect.arrayContaining([['usdc', 0n, 'cancelled'], ['sol', 0n, 'cancelled']]));
});

test('the ends are read from GitHub, the rows, the chain and the log', () => {
  const [awarded, cancelled] = finals;
  expect(awarded).toMatchObject({ labels: ['bounty'], links: { worker: places[0]?.people.worker.wallet.address } });
  expect(awarded?.everWritten).toBe(awarded?.ours.length);
  expect(awarded?.offers.map(({ denom, amount, state }) => [denom, amount, state])).toEqual(expect.arrayContaining([['sol', 400_000_001n, 'funded'], ['usdc', 5_000_000n, 'funded']]));
  expect(awarded?.reactions[acts[0]?.[0]?.comment ?? '']).toContain('eyes');
  expect(awarded?.reactions).toHaveProperty(acts[0]?.[2]?.comment ?? '', undefined);
  expect(awarded?.submissions.map(({ state }) => state)).toEqual(['finalized', 'finalized']);
  expect(awarded?.relayed.every(({ hasLanded }) => hasLanded)).toBe(true);
  expect(cancelled?.decisions.map(({ kind, deposits }) => [kind, Object.values(deposits)])).toEqual([['cancel', ['done', 'done']]]);
  for (const { events } of finals) expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, nth) => BigInt(nth + 1)));
  expect(cancelled?.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['offered', 'submitted', 'funded', 'awarded', 'vetoed', 'cancelled']));
});

test('at rest nothing waits, nothing was given up, and the apps say so too', async () => {
  await rest();
  const { unhandled, dead, gauges } = await restOf(stage);
  for (const all of [unhandled, dead, gauges]) {
    expect(Object.keys(all).length).toBeGreaterThan(3);
    expect(Object.entries(all).filter(([, count]) => count !== 0)).toEqual([]);
  }
});
