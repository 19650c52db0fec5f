import { laws } from '@doubloon/failpoints';
import { playBatch, type Batch } from './batch.ts';
import { planBreaks, planLawless } from './breaking/plan.ts';
import { historyOf } from './generate/history-of.ts';
import { repositories } from './generate/repositories.ts';
import { without } from './generate/without.ts';
import type { Stage } from './play/stage.ts';
import type { BatchOutcome, RunHead } from './progress.ts';
import { startStage } from './run-stack.ts';
import type { Part } from './settings.ts';
import { shrunk } from './shrink.ts';

export const batchSize = 50;
/** A stack is played on for so long: its chain keeps every account it ever had. */
const batchesOfStack = 10;
const shrinkForMs = 10 * 60_000;
const lawlessHistories = 12;

/** Whoever watches a run. */
export interface Watching {
  say(line: string): void;
  /** Each line of each app. */
  onLine(line: string): void;
  /** What the apps said last is worth being shown. */
  onFailure(): void;
  onBatch(outcome: BatchOutcome): void;
  readonly onStep?: (what: string) => void;
}

export type Head = Pick<RunHead, 'seed' | 'eventLog'>;
const isKafka = ({ eventLog }: Head): boolean => eventLog === 'kafka';
const places = (all: readonly unknown[]): number[] => all.map((_, place) => place);
const from = (seed: number, count: number): number[] => Array.from({ length: count }, (_, nth) => seed + nth);

/** So many histories of a batch of a run, or a part of it. */
function batchOf(head: Head, number: number, count: number, { history, without: leftOut = [], breaks }: Part = {}): Batch {
  const seeds = history === undefined ? from(head.seed + number * batchSize, count) : [history];
  const plan = planBreaks(head.seed, { batch: number, web: true, kafka: isKafka(head) });
  return {
    number,
    histories: seeds.map((seed) => without(historyOf(seed, { repositories: repositories.length }), leftOut)),
    plan: breaks === undefined ? plan : { ...plan, breaks: plan.breaks.filter((_, place) => breaks.includes(place)) },
  };
}

/** Plays one batch, or a part of it, on a stack of its own. Resolves to whether all was right. */
export async function playOne(head: Head, { batch, ...part }: Part & { readonly batch: number }, count: number, watching: Watching): Promise<boolean> {
  await using stage = await startStage({ kafka: isKafka(head), onLine: watching.onLine });
  const outcome = await playBatch(stage, batchOf(head, batch, count, part), watching.onStep);
  watching.onBatch(outcome);
  if (outcome.problems.length > 0) watching.onFailure();
  return outcome.problems.length === 0;
}

/** Plays histories in batches, from the batch on that was not played yet. Resolves to whether all was right; the first history of a batch that is not is made smaller. */
export async function playRun(head: Head, count: number, played: number, watching: Watching): Promise<boolean> {
  let isRight = true;
  let stage: Stage | undefined;
  const end = async (): Promise<void> => {
    await stage?.[Symbol.asyncDispose]();
    stage = undefined;
  };
  try {
    for (let number = played; number * batchSize < count; number++) {
      if (number % batchesOfStack === 0) await end();
      stage ??= await startStage({ kafka: isKafka(head), onLine: watching.onLine });
      const outcome = await playBatch(stage, batchOf(head, number, Math.min(batchSize, count - number * batchSize)), watching.onStep);
      watching.onBatch(outcome);
      if (outcome.problems.length === 0) continue;
      isRight = false;
      watching.onFailure();
      // What is wrong stays so, and would be found again by every later look at the whole.
      await end();
      const seed = outcome.problems.map((problem) => Number(problem.seed)).find((one) => !Number.isNaN(one));
      if (seed !== undefined) await makeSmaller(head, number, seed, watching);
    }
    stage?.stack.github.assertConforms();
  } finally {
    await end();
  }
  return isRight;
}

/** Finds the smallest part of a history and of what broke that still fails, and says how to play it again. */
async function makeSmaller(head: Head, number: number, seed: number, { say, onLine }: Watching): Promise<void> {
  const end = Date.now() + shrinkForMs;
  const isOver = (): boolean => Date.now() > end;
  const { histories: [whole], plan } = batchOf(head, number, 1, { history: seed });
  const [operations, breaks] = [places(whole?.operations ?? []), places(plan.breaks)];
  const leftOut = (kept: readonly number[]): number[] => operations.filter((place) => !kept.includes(place));
  // No two machines do it at the same moments: what fails once in three is kept.
  const fails = async (some: readonly number[], broken: readonly number[]): Promise<boolean> => {
    for (let times = 3; times > 0 && !isOver(); times--) {
      await using stage = await startStage({ kafka: isKafka(head), onLine });
      const { problems } = await playBatch(stage, batchOf(head, number, 1, { history: seed, without: leftOut(some), breaks: broken }));
      if (problems.length > 0) return true;
    }
    return false;
  };
  const again = `just histories --seed ${String(head.seed)} --batch ${String(number)}${isKafka(head) ? ' --kafka' : ''}`;
  if (!await fails(operations, breaks)) {
    say(`history ${String(seed)} did not fail alone; its batch is played again with: ${again}`);
    return;
  }
  const fewBreaks = await shrunk(breaks, (some) => fails(operations, some), isOver);
  const few = await shrunk(operations, (some) => fails(some, fewBreaks), isOver);
  say(`history ${String(seed)} still fails with ${String(few.length)} operations and ${String(fewBreaks.length)} things broken; played again with:\n          ${again} --history ${String(seed)} --without ${leftOut(few).join()} --breaks ${fewBreaks.join()}`);
}

/** Plays some histories with each law off, on a stack of its own. Resolves to whether the oracle has seen each. */
export async function playLawless(head: Head, { say, onLine, onStep }: Watching): Promise<boolean> {
  let isSeen = true;
  for (const [nth, law] of laws.entries()) {
    await using stage = await startStage({ kafka: isKafka(head), onLine });
    const histories = from(head.seed + nth * lawlessHistories, lawlessHistories).map((seed) => historyOf(seed, { repositories: repositories.length }));
    const { problems, seconds, kills } = await playBatch(stage, { number: nth, histories, plan: planLawless(law, head.seed) }, onStep);
    const [first] = problems;
    say(`${law} off: ${first === undefined ? 'NOT SEEN' : 'seen to be broken'} (${String(kills)} kills, ${seconds.toFixed(0)} s)${first === undefined ? '' : `\n          ${first.seed}: ${first.says}`}`);
    isSeen &&= first !== undefined;
  }
  return isSeen;
}
