// `npm test`: every runner of the project, and at the end one line that adds them up.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from '../stack/root.ts';

interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** What was skipped, by full name: a test that can't run says in its name what it lacks. */
  readonly skipped: readonly string[];
}

const tallies = [vitest(process.argv.slice(2)), ...(process.argv.length > 2 ? [] : [cargo()])];
const skipped = tallies.flatMap((tally) => tally.skipped);
const sum = (pick: (tally: Tally) => number) => tallies.reduce((total, tally) => total + pick(tally), 0);
const failed = sum((tally) => tally.failed);
for (const name of skipped) console.log(`SKIPPED ${name}`);
console.log(`${String(sum((tally) => tally.passed))} passed, ${String(failed)} failed, ${String(skipped.length)} skipped`);
process.exitCode = failed > 0 ? 1 : 0;

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly success: boolean;
  readonly testResults: readonly { readonly name: string; readonly status: string; readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[] }[];
}

function vitest(args: readonly string[]): Tally {
  const folder = mkdtempSync(join(tmpdir(), 'doubloon-test-'));
  const file = join(folder, 'report.json');
  try {
    const { status } = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args], { cwd: root, stdio: 'inherit' });
    if (!existsSync(file)) return { passed: 0, failed: 1, skipped: [] };
    const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
    const skips = report.testResults.flatMap(({ assertionResults }) => assertionResults.filter((one) => one.status === 'pending' || one.status === 'skipped' || one.status === 'todo').map((one) => one.fullName));
    // A file that can't even be loaded, or an error outside a test, has no failed test of its own and must count all the same.
    const unsaid = status !== 0 && report.numFailedTests === 0 ? 1 : 0;
    return { passed: report.numPassedTests, failed: report.numFailedTests + unsaid, skipped: skips };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The escrow program's own unit tests, on machines that have Rust. */
function cargo(): Tally {
  const name = 'unit tests of the escrow program in Rust';
  const hasCargo = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'cargo')));
  if (!hasCargo) return process.env['CI'] === 'true' ? { passed: 0, failed: 1, skipped: [] } : { passed: 0, failed: 0, skipped: [`${name} (needs cargo on the PATH)`] };
  const { status, stdout } = spawnSync('cargo', ['test', '--quiet', '--locked'], { cwd: join(root, 'packages/escrow/program'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  process.stdout.write(stdout);
  const count = (word: string) => [...stdout.matchAll(new RegExp(`(\\d+) ${word}`, 'g'))].reduce((total, [, number]) => total + Number(number), 0);
  return { passed: count('passed'), failed: count('failed') + (status !== 0 && count('failed') === 0 ? 1 : 0), skipped: [] };
}
