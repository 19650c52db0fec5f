// `just histories 500`: plays generated histories on the real stack while things break, and asks an oracle what was lost or doubled.
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { laws } from '@doubloon/failpoints';
import { describeMachine } from '../bench/machine.ts';
import { root } from '../stack/root.ts';
import { playBatch, type Batch } from './batch.ts';
import { planBreaks, planLawless } from './breaking/plan.ts';
import { historyOf } from './generate/history-of.ts';
import { repositories } from './generate/repositories.ts';
import { without } from './generate/without.ts';
import type { Stage } from './play/stage.ts';
import { keep, readRun, type BatchOutcome, type RunHead } from './progress.ts';
import { counted, report } from './report.ts';
import { startStage } from './run-stack.ts';
import { shrunk } from './shrink.ts';

const usage = `usage: just histories [N]            plays N histories (500) and exits 1 when anything was lost, doubled, wrong or stuck
       --seed NUMBER                 of the first history; a new one unless told. Each batch of ${String(50)} draws what breaks from it, too
       --kafka                       with a real broker for the event log
       --laws                        each of the four laws off for a while: exits 1 when the oracle does not see one of them
       --keep FILE                   notes every batch there, and goes on where the file ends
       --report                      writes docs/reliability.md from the files in test-results/histories
       --batch NUMBER                this batch alone, for a seed; with --history SEED one history of it,
                                     with --without 3,5 those operations left out, with --breaks 0,4 only those things broken
       --verbose                     what the apps say`;

const batchSize = 50;
/** A stack is played on for so long: its chain keeps every account it ever had. */
const batchesOfStack = 10;
const shrinkForMs = 10 * 60_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' }, kafka: { type: 'boolean', default: false }, laws: { type: 'boolean', default: false }, keep: { type: 'string' }, report: { type: 'boolean', default: false },
    batch: { type: 'string' }, history: { type: 'string' }, without: { type: 'string' }, breaks: { type: 'string' }, verbose: { type: 'boolean', default: false },
  },
});
const list = (text: string | undefined): number[] | undefined => text?.split(',').filter((one) => one !== '').map(Number);
const wanted = Number(positionals[0] ?? 500);
const [only, history, leftOut, broken] = [list(values.batch)?.[0], list(values.history)?.[0], list(values.without), list(values.breaks)];
if ([wanted, only ?? 0, history ?? 0, ...(leftOut ?? []), ...(broken ?? [])].some((number) => !Number.isSafeInteger(number) || number < 0) || (only !== undefined && values.seed === undefined)) {
  console.error(usage);
  process.exit(2);
}
const resumed = values.keep === undefined ? undefined : readRun(values.keep);
const head: RunHead = resumed?.head ?? {
  seed: Number(values.seed ?? Date.now() % 1_000_000),
  eventLog: values.kafka ? 'kafka' : 'postgres',
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  began: new Date().toISOString().slice(0, 16).replace('T', ' '),
};
const isKafka = head.eventLog === 'kafka';
const began = performance.now();
const say = (line: string): void => { console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${line}`); };
const lines: string[] = [];
const onLine = (line: string): void => {
  if (values.verbose) console.log(line);
  else if (lines.push(line) > 4_000) lines.splice(0, 2_000);
};

/** A batch of the run, or a part of it. */
function batchOf(number: number, part: { histories?: readonly number[] | undefined; without?: readonly number[] | undefined; breaks?: readonly number[] | undefined } = {}): Batch {
  const seeds = part.histories ?? Array.from({ length: Math.min(batchSize, wanted - (only === undefined ? number * batchSize : 0)) }, (_, nth) => head.seed + number * batchSize + nth);
  const plan = planBreaks(head.seed, { batch: number, web: true, kafka: isKafka });
  return {
    number,
    histories: seeds.map((seed) => without(historyOf(seed, { repositories: repositories.length }), part.without ?? [])),
    plan: part.breaks === undefined ? plan : { ...plan, breaks: plan.breaks.filter((_, place) => part.breaks?.includes(place)) },
  };
}

function tell(outcome: BatchOutcome): void {
  const { lost, doubled, wrong, stuck } = counted(outcome.problems);
  say(`batch ${String(outcome.batch)}: ${String(outcome.histories)} histories, ${String(outcome.operations)} operations, ${String(outcome.kills)} kills, ${String(Object.values(outcome.breaks).reduce((sum, one) => sum + one, 0))} things broken, ${outcome.seconds.toFixed(0)} s: ${String(lost)} lost, ${String(doubled)} doubled, ${String(wrong)} wrong, ${String(stuck)} stuck`);
  for (const { seed, says } of outcome.problems) console.log(`          ${seed}: ${says}`);
}

/** Finds the smallest part of a history and of what broke that still fails, and says how to play it again. */
async function shrink(number: number, seed: number): Promise<void> {
  const end = Date.now() + shrinkForMs;
  const isOver = () => Date.now() > end;
  const whole = batchOf(number, { histories: [seed] });
  const places = (all: readonly unknown[]): number[] => all.map((_, place) => place);
  const [operations, breaks] = [places(whole.histories[0]?.operations ?? []), places(whole.plan.breaks)];
  // Timing differs from time to time: what fails once in three is kept.
  const fails = async (some: { operations: readonly number[]; breaks: readonly number[] }): Promise<boolean> => {
    for (let times = 3; times > 0 && !isOver(); times--) {
      await using stage = await startStage({ kafka: isKafka, onLine });
      const { problems } = await playBatch(stage, batchOf(number, { histories: [seed], without: operations.filter((place) => !some.operations.includes(place)), breaks: some.breaks }));
      if (problems.length > 0) return true;
    }
    return false;
  };
  const again = `just histories --seed ${String(head.seed)} --batch ${String(number)}${isKafka ? ' --kafka' : ''}`;
  if (!await fails({ operations, breaks })) {
    say(`history ${String(seed)} did not fail alone; the whole batch is played again with: ${again}`);
    return;
  }
  const fewBreaks = await shrunk(breaks, (some) => fails({ operations, breaks: some }), isOver);
  const few = await shrunk(operations, (some) => fails({ operations: some, breaks: fewBreaks }), isOver);
  say(`history ${String(seed)} still fails with ${String(few.length)} operations and ${String(fewBreaks.length)} things broken; played again with:\n          ${again} --history ${String(seed)} --without ${operations.filter((place) => !few.includes(place)).join()} --breaks ${fewBreaks.join()}`);
}

async function playAll(): Promise<boolean> {
  const count = only === undefined ? Math.ceil(wanted / batchSize) : 1;
  const done = resumed?.batches ?? [];
  if (values.keep !== undefined && resumed === undefined) keep(values.keep, head);
  let hasFailed = done.some(({ problems }) => problems.length > 0);
  let stage: Stage | undefined;
  for (let nth = done.length; nth < count; nth++) {
    const number = only ?? nth;
    if (stage !== undefined && nth % batchesOfStack === 0) {
      await stage[Symbol.asyncDispose]();
      stage = undefined;
    }
    stage ??= await startStage({ kafka: isKafka, onLine });
    lines.length = 0;
    const outcome = await playBatch(stage, batchOf(number, { histories: history === undefined ? undefined : [history], without: leftOut, breaks: broken }), values.verbose ? say : undefined);
    tell(outcome);
    if (values.keep !== undefined) keep(values.keep, outcome);
    if (outcome.problems.length === 0) continue;
    hasFailed = true;
    for (const line of lines.slice(-80)) console.error(line);
    // What is wrong stays so, and would be found again by every later look at the whole.
    await stage[Symbol.asyncDispose]();
    stage = undefined;
    const seeds = [...new Set(outcome.problems.map(({ seed }) => seed))].filter((seed) => seed !== 'stack');
    if (history === undefined && seeds[0] !== undefined) await shrink(number, Number(seeds[0]));
  }
  stage?.stack.github.assertConforms();
  await stage?.[Symbol.asyncDispose]();
  return !hasFailed;
}

/** Plays with each law off until the oracle says something. */
async function playLawless(): Promise<boolean> {
  let isSeen = true;
  for (const [nth, law] of laws.entries()) {
    await using stage = await startStage({ kafka: isKafka, onLine });
    const seeds = Array.from({ length: 12 }, (_, place) => head.seed + nth * 12 + place);
    const { problems, seconds, kills } = await playBatch(stage, { number: nth, histories: seeds.map((seed) => historyOf(seed, { repositories: repositories.length })), plan: planLawless(law, head.seed) });
    say(`${law} off: ${problems.length === 0 ? 'NOT SEEN' : `seen to be broken, ${String(problems.length)} times`} (${String(kills)} kills, ${seconds.toFixed(0)} s)${problems[0] === undefined ? '' : `\n          ${problems[0].seed}: ${problems[0].says}`}`);
    isSeen &&= problems.length > 0;
  }
  return isSeen;
}

if (values.report) {
  const folder = join(root, 'test-results/histories');
  const runs = readdirSync(folder).map((file) => readRun(join(folder, file))).filter((run) => run !== undefined);
  writeFileSync(join(root, 'docs/reliability.md'), report(runs, await describeMachine()));
  process.exit(0);
}
say(`seed ${String(head.seed)}`);
let isWhole = false;
try {
  isWhole = await (values.laws ? playLawless() : playAll());
} catch (error) {
  for (const line of lines.slice(-80)) console.error(line);
  console.error(error);
}
say(isWhole ? (values.laws ? 'The oracle sees each law that is off.' : 'Nothing was lost or doubled.') : values.laws ? 'A law was off and nobody saw it.' : `Something was lost, doubled, wrong or stuck: --seed ${String(head.seed)}.`);
process.exit(isWhole ? 0 : 1);
