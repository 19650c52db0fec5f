import { setTimeout as sleep } from 'node:timers/promises';
import { openBreaker } from './breaking/breaker.ts';
import type { Plan } from './breaking/break.ts';
import { judge, judgeRest } from './judge/judge.ts';
import { lookAgain } from './look-again.ts';
import { journeys, type Act, type History, type Round } from './operation.ts';
import { openPlace, type Place } from './play/place.ts';
import { play } from './play/play.ts';
import type { Stage } from './play/stage.ts';
import type { BatchOutcome } from './progress.ts';
import { finalsOf } from './reading/final-of.ts';
import { restOf } from './reading/rest-of.ts';

/** Histories that are played side by side, and what breaks meanwhile. */
export interface Batch {
  readonly number: number;
  readonly histories: readonly History[];
  readonly plan: Plan;
}

/** How long everything may take to come to rest once nothing breaks any more; what does not move for so long is what it stays. */
const patience = { lawful: { restMs: 150_000, standstillMs: 20_000 }, lawless: { restMs: 12_000, standstillMs: 4_000 } };
const lookEveryMs = 250;
const rounds: readonly Round[] = [0, 1, 2, 3, 4];

interface Playing {
  readonly history: History;
  readonly place: Place;
  readonly acts: Act[];
}

/** Plays a batch and asks the oracle when all is at rest. Leaves the apps running, with nothing broken. */
export async function playBatch(stage: Stage, { number, histories, plan }: Batch, onStep: (what: string) => void = () => undefined): Promise<BatchOutcome> {
  const began = performance.now();
  const found: { seed: string; says: string }[] = [];
  const note = (says: string): void => { found.push({ seed: 'stack', says }); };
  await using breaker = await openBreaker(stage, plan, note);
  const wait = plan.lawOff === undefined ? patience.lawful : patience.lawless;
  const playing: Playing[] = await Promise.all(histories.map(async (history) => ({ history, place: await openPlace(stage, history), acts: [] })));
  for (const round of rounds) {
    if (journeys[round] > 0) await stage.stack.localnet.timeTravel(journeys[round]);
    const over = new AbortController();
    const breaking = breaker.during(round, over.signal);
    await Promise.all(playing.map((one) => playRound(one, round)));
    onStep(`round ${String(round)} played`);
    over.abort();
    await breaking;
    await breaker.calm();
    onStep('calm');
    const left = await comeToRest(stage, round === 4 ? playing : [], wait.restMs);
    for (const says of left) note(`${says} (round ${String(round)})`);
    onStep(left.length === 0 ? 'at rest' : left.join('; '));
    // With a law off one loss is enough.
    if (plan.lawOff !== undefined && found.length > 0) break;
  }
  if (plan.lawOff === undefined || found.length === 0) found.push(...await judgeAll(stage, playing, wait.standstillMs));
  const acts = playing.flatMap((one) => one.acts);
  return {
    batch: number,
    histories: histories.length,
    operations: acts.length,
    outcomes: Object.fromEntries(Object.entries(Object.groupBy(acts, ({ outcome }) => outcome)).map(([outcome, of]) => [outcome, of.length])),
    breaks: breaker.breaks(),
    kills: breaker.kills(),
    failpoints: breaker.failpoints(),
    problems: found,
    seconds: (performance.now() - began) / 1000,
  };
}

async function playRound({ history, place, acts }: Playing, round: Round): Promise<void> {
  for (const [of, operation] of history.operations.entries()) {
    if (operation.round === round) acts.push(await play(place, of, acts));
  }
}

/** Waits until nobody has anything left to do and whoever looks at levels has looked; answers what is left to do when that takes too long. */
async function comeToRest(stage: Stage, playing: readonly Playing[], withinMs: number): Promise<string[]> {
  const haveLooked = await lookAgain(stage, playing.map(({ place }) => place));
  const end = Date.now() + withinMs;
  for (let quiet = 0; ;) {
    const problems = judgeRest(await restOf(stage));
    quiet = problems.length === 0 && await haveLooked() ? quiet + 1 : 0;
    if (quiet === 2) return [];
    if (Date.now() > end) return problems.length === 0 ? ['stuck: nobody has looked at GitHub again'] : problems;
    await sleep(lookEveryMs);
  }
}

/** What the oracle says when nothing moves any more; what comes late is waited for as long as anything changes. */
async function judgeAll(stage: Stage, playing: readonly Playing[], standstillMs: number): Promise<BatchOutcome['problems']> {
  let last = '';
  for (let moved = Date.now(); ;) {
    const finals = await finalsOf(stage, playing);
    const problems = playing.flatMap(({ history, acts }, nth) => {
      const final = finals[nth];
      if (final === undefined) throw new TypeError('every history that was played is read');
      return judge(history, acts, final).map((says) => ({ seed: String(history.seed), says }));
    });
    const now = JSON.stringify(problems);
    if (now !== last) moved = Date.now();
    last = now;
    if (problems.length === 0 || Date.now() > moved + standstillMs) return problems;
    await sleep(lookEveryMs * 4);
  }
}
