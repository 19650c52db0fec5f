// `just kill-matrix`: kills each process at each failpoint, and breaks each law, to see that nothing is lost or doubled, and that it would be seen.
import { parseArgs } from 'node:util';
import { laws } from '@doubloon/failpoints';
import { startStack } from '../stack/stack.ts';
import { openEyes } from './final-state.ts';
import { planAll, planLaws, played, type Run } from './plan.ts';
import { runOne, stillBroken } from './run.ts';
import { seeded } from '../histories/seeded.ts';

const { values } = parseArgs({ options: { only: { type: 'string' }, seed: { type: 'string' }, verbose: { type: 'boolean', default: false } } });
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const { only } = values;
const names: readonly string[] = [...played, ...laws];
if (!Number.isSafeInteger(seed) || (only !== undefined && !names.includes(only))) {
  console.error(`usage: just kill-matrix [--only NAME] [--seed NUMBER] [--verbose]\nnames of failpoints and laws: ${names.join(', ')}`);
  process.exit(2);
}

const began = performance.now();
const elapsed = () => `${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s`;
const say = (line: string) => { console.log(line); };
const lines: string[] = [];
const onLine = (line: string) => {
  if (values.verbose) say(line);
  else if (lines.push(line) > 2_000) lines.shift();
};

const describe = ({ kills, lawOff }: Run): string => `${lawOff === undefined ? '' : `${lawOff} off, `}${kills.map(({ name, nth }) => `${name}:${String(nth)}`).join(' + ')}`;
const table: { what: string; result: string; problems: readonly string[] }[] = [];

say(`seed ${String(seed)}`);
let hasFailed = false;
try {
  const fast = { TREASURY_SEND_EVERY: '300ms', TREASURY_WATCH_EVERY: '300ms' };
  await using stack = await startStack({ web: false, env: { treasury: fast, 'github-app': { GITHUB_APP_SWEEP_EVERY: '1s' } }, progress: (line) => { say(`${elapsed()}  ${line}`); }, onLine });
  await using eyes = await openEyes(stack);

  // Each run draws from a seed of its own, so that one of them can be played again alone.
  const of = (name: string): number => seed ^ [...name].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7);
  const all: { run: Run; says?: RegExp }[] = [...planAll(seeded(seed)).map((run) => ({ run })), ...planLaws(seeded(seed))];
  const runs = all.filter(({ run: { kills, lawOff } }) => only === undefined || only === lawOff || (lawOff === undefined && kills.some(({ name }) => name === only)));
  for (const { run, says } of runs) {
    const what = describe(run);
    lines.length = 0;
    const { problems, seconds } = await runOne(stack, eyes, run, of(what), what);
    const isRight = says === undefined ? problems.length === 0 : problems.some((problem) => says.test(problem)) && !problems.some((problem) => problem.startsWith(stillBroken));
    const result = says === undefined ? (isRight ? 'whole' : 'BROKEN') : isRight ? 'seen to be broken' : 'NOT SEEN';
    table.push({ what, result, problems: isRight && says === undefined ? [] : problems });
    say(`${elapsed()}  ${result.padEnd(18)} ${what} (${seconds.toFixed(1)} s)`);
    if (isRight) continue;
    hasFailed = true;
    for (const problem of problems) say(`        ${problem}`);
    for (const line of lines.slice(-60)) console.error(line);
  }
  stack.github.assertConforms();
} catch (error) {
  hasFailed = true;
  for (const line of lines.slice(-60)) console.error(line);
  console.error(error);
}

say('\nResult             Where it died');
for (const { what, result, problems } of table) say(`${result.padEnd(18)} ${what}${problems[0] === undefined ? '' : `\n                     ${problems[0]}`}`);
say(`\n${hasFailed ? 'Something was lost, doubled, or not seen to be' : 'Nothing was lost or doubled'}; played again with --seed ${String(seed)}.`);
process.exit(hasFailed ? 1 : 0);
