// `just histories 500`: plays generated histories on the real stack while things break, and asks an oracle what was lost or doubled.
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeMachine } from '../bench/machine.ts';
import { root } from '../stack/root.ts';
import { keep, readRun, type RunHead } from './progress.ts';
import { counted, report } from './report.ts';
import { batchSize, playLawless, playOne, playRun, type Watching } from './run.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.argv.slice(2));
if (typeof settings === 'string') {
  console.error(settings);
  process.exit(2);
}
const { histories, only, what, isVerbose } = settings;
if (what === 'report') {
  const folder = join(root, 'test-results/histories');
  const runs = readdirSync(folder).map((file) => readRun(join(folder, file))).filter((run) => run !== undefined);
  writeFileSync(join(root, 'docs/reliability.md'), report(runs, await describeMachine()));
  process.exit(0);
}

const resumed = settings.keep === undefined ? undefined : readRun(settings.keep);
const head: RunHead = resumed?.head ?? {
  seed: settings.seed ?? Date.now() % 1_000_000,
  eventLog: settings.isKafka ? 'kafka' : 'postgres',
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim(),
  began: new Date().toISOString().slice(0, 16).replace('T', ' '),
};
if (settings.keep !== undefined && resumed === undefined) keep(settings.keep, head);

const began = performance.now();
const say = (line: string): void => { console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${line}`); };
const lines: string[] = [];
const watching: Watching = {
  say,
  ...(isVerbose ? { onStep: say } : {}),
  onLine(line) {
    if (isVerbose) console.log(line);
    else if (lines.push(line) > 4_000) lines.splice(0, 2_000);
  },
  onFailure() { for (const line of lines.splice(0).slice(-80)) console.error(line); },
  onBatch(outcome) {
    const { lost, doubled, wrong, stuck } = counted(outcome.problems);
    const broken = Object.values(outcome.breaks).reduce((sum, one) => sum + one, 0);
    say(`batch ${String(outcome.batch)}: ${String(outcome.histories)} histories, ${String(outcome.operations)} operations, ${String(broken)} things broken, ${String(outcome.kills)} of them kills, ${outcome.seconds.toFixed(0)} s: ${String(lost)} lost, ${String(doubled)} doubled, ${String(wrong)} wrong, ${String(stuck)} stuck`);
    for (const { seed, says } of outcome.problems) console.log(`          ${seed}: ${says}`);
    if (settings.keep !== undefined) keep(settings.keep, outcome);
  },
};

const before = resumed?.batches ?? [];
say(`seed ${String(head.seed)}${before.length === 0 ? '' : `, going on after ${String(before.length)} batches`}`);
const play = async (): Promise<boolean> => {
  if (what === 'laws') return playLawless(head, watching);
  if (only !== undefined) return playOne(head, only, Math.min(histories, batchSize), watching);
  const isRight = await playRun(head, histories, before.length, watching);
  return isRight && before.every(({ problems }) => problems.length === 0);
};
const isRight = await play().catch((error: unknown) => {
  watching.onFailure();
  console.error(error);
  return false;
});
if (what === 'laws') say(isRight ? 'The oracle sees each law that is off.' : 'A law was off, and nobody saw it.');
else say(isRight ? 'Nothing was lost or doubled.' : `Something was lost, doubled, wrong or stuck, or could not be played; the seed is ${String(head.seed)}.`);
process.exit(isRight ? 0 : 1);
