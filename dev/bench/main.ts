// `just bench [name …]`: one line of JSON for each benchmark. `--json` says nothing else; `--write` measures all and writes docs/benchmarks.md.
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { root } from '../stack/root.ts';
import type { Result } from './benchmark.ts';
import { describeMachine } from './machine.ts';
import { report } from './report.ts';

const limitMs = 180_000;
const known = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.bench.ts')).map((file) => file.slice(0, -'.bench.ts'.length)).sort();

const args = process.argv.slice(2);
const options = args.filter((arg) => arg.startsWith('--'));
const wanted = args.filter((arg) => !arg.startsWith('--'));
const [isQuiet, writes] = [options.includes('--json'), options.includes('--write')];
const isKnown = options.every((option) => ['--json', '--write'].includes(option)) && wanted.every((name) => known.includes(name));
if (!isKnown || (writes && wanted.length > 0)) {
  process.stderr.write(`usage: just bench [--json] [name …]\n       just bench --write\nnames: ${known.join(' ')}\n`);
  process.exit(2);
}

// Figures of a machine that had other work to do are not what they could be: whoever reads them has to see it.
const others = ['at work on other things before', `${(loadavg()[0] ?? 0).toFixed(1)} processes (load over a minute)`] as const;
const results: Result[] = [];
for (const name of wanted.length > 0 ? wanted : known) {
  if (!isQuiet) process.stderr.write(`${name} …\n`);
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, 'one.ts'), name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], timeout: limitMs });
  process.stdout.write(stdout);
  if (status === 0) results.push(JSON.parse(stdout) as Result);
  else process.stderr.write(`${name} failed\n`);
  process.exitCode = status === 0 ? process.exitCode : 1;
}
if (writes && process.exitCode !== 1) writeFileSync(join(root, 'docs/benchmarks.md'), report(results, [...(await describeMachine()), others], new Date().toISOString().slice(0, 10)));
