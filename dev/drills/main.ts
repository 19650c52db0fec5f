// `just drill [name …]`: what an operator has to be able to do after an accident, done on a real stack, with evidence. Exits 1 when something is not as it must be.
import { parseArgs } from 'node:util';
import { startStack } from '../stack/stack.ts';
import { rebuild } from './rebuild.ts';
import { restore } from './restore.ts';
import { roll } from './roll.ts';
import { rotate } from './rotate.ts';
import type { Drill } from './site.ts';

const drills: readonly Drill[] = [rebuild, restore, roll, rotate];

const { positionals, values } = parseArgs({ allowPositionals: true, options: { verbose: { type: 'boolean', default: false } } });
const unknown = positionals.filter((name) => !drills.some((drill) => drill.name === name));
if (unknown.length > 0) {
  console.error(`There is no drill ${unknown.join(', ')}; there are ${drills.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const chosen = drills.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

const began = performance.now();
const seconds = (since = began): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const lines: string[] = [];
const onLine = (line: string): void => {
  if (values.verbose) console.log(line);
  if (lines.push(line) > 20_000) lines.splice(0, 10_000);
};
const say = (what: string, evidence: string | readonly string[] = []): void => { console.log(`[${seconds()}] ${[what, ...[evidence].flat().map((line) => `    ${line}`)].join('\n')}`); };

try {
  await using stack = await startStack({
    web: false, progress: (line) => { say(line); }, onLine, limits: { createsPerMinute: 100_000, createsPerHour: 1_000_000 },
    env: { treasury: { TREASURY_SCAN_EVERY: '2s', TREASURY_REFUND_AFTER: '1s' }, 'github-app': { GITHUB_APP_SWEEP_EVERY: '5s' } },
  });
  for (const drill of chosen) {
    const since = performance.now();
    say(`Drill ${drill.name}: ${drill.what}.`);
    await drill.run({ stack, lines, say });
    say(`Drill ${drill.name}: as it must be, in ${seconds(since)}.`);
  }
  stack.github.assertConforms();
} catch (error) {
  if (!values.verbose) for (const line of lines.filter((one) => !one.includes('"level":"info"')).slice(-30)) console.error(line.slice(0, 600));
  console.error(`\nThe drill failed after ${seconds()}: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
process.exit();
