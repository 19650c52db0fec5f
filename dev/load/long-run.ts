// `just long-run [--minutes 60] [--every 1500] [--write]`: steady work, and whether anything grows that should not.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { measureQueues } from '@doubloon/postgres';
import pg from 'pg';
import { root } from '../stack/root.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import { judge } from './flat.ts';
import { describeCourses, writeSection } from './report.ts';
import { isKeptForEver, readRetention } from './retention-table.ts';
import { LeastHeap, takeSample, type Sample } from './samples.ts';
import { startSteadyWork } from './steady-work.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' }, every: { type: 'string', default: '1500' }, write: { type: 'boolean', default: false } } });
const [minutes, everyMs] = [Number(values.minutes), Number(values.every)];
/** Longer than the App looks back in GitHub's log, so that nothing it has forgotten is missed there. */
const kept = `${String(Math.max(8, Math.round(minutes / 6)))}m`;
const heapEveryMs = 10_000;
const quietMs = 120_000;

const lines: string[] = [];
const onLine = (line: string): void => { if (lines.push(line) > 200) lines.shift(); };
const say = (line: object): void => { process.stdout.write(`${JSON.stringify(line)}\n`); };

try {
  await using stack = await startStack({
    web: false, progress: () => undefined, onLine,
    // This work asks for about 9,000 things an hour: an installation may ask for 5,000, and then the App waits, as it should.
    limits: { perHour: 1_000_000, createsPerMinute: 10_000, createsPerHour: 10_000 },
    env: { 'github-app': { GITHUB_APP_KEPT: kept }, treasury: { EVENT_LOG_KEPT: kept }, identity: { EVENT_LOG_KEPT: kept, IDENTITY_DECISIONS_KEPT: kept } },
  });
  const table = await readRetention();
  const began = Date.now();
  const samples: Sample[] = [];
  const heap = new LeastHeap();
  const work = await startSteadyWork(stack, everyMs);
  for (let minute = 1; minute <= minutes; minute++) {
    for (const end = began + minute * 60_000; Date.now() < end; await sleep(Math.min(heapEveryMs, Math.max(0, end - Date.now())))) await heap.look(stack);
    const sample = await takeSample(stack, (Date.now() - began) / 1000, heap.take());
    samples.push(sample);
    say({ minute, ...work.done, problems: work.problems.length, ...Object.fromEntries(sample.values) });
  }
  await work[Symbol.asyncDispose]();
  const waits = await untilQuiet(stack);
  const courses = judge(samples, (name) => isKeptForEver(table, name));
  const problems = [...work.problems, ...waits, ...courses.filter(({ isFlat, grows }) => !isFlat && !grows).map(({ name }) => `${name} is not flat`)];
  const text = describeCourses({ minutes, everyMs, kept, done: work.done, courses, problems });
  process.stdout.write(`\n${text}\n`);
  if (values.write) appendFileSync(join(root, 'docs/load.md'), writeSection(`A run of ${String(minutes)} minutes`, text));
  if (problems.length > 0) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${lines.slice(-40).join('\n')}\n${String(error)}\n`);
  process.exitCode = 1;
}
process.exit();

/** Waits until everything has come to rest; answers what has not. */
async function untilQuiet(stack: Stack): Promise<string[]> {
  await stack.github.delivered();
  const waiting: string[] = [];
  for (const end = Date.now() + quietMs; ;) {
    waiting.length = 0;
    for (const [name, url] of Object.entries(stack.databaseUrls)) {
      const db = new pg.Pool({ connectionString: url, application_name: 'load', max: 1 });
      const { inboxWaiting, inboxDead, outboxWaiting, outboxDead } = await measureQueues(db);
      await db.end();
      for (const [what, count] of Object.entries({ inboxWaiting, inboxDead, outboxWaiting, outboxDead })) if (count > 0) waiting.push(`${name}: ${what} ${String(count)}`);
    }
    if (waiting.length === 0 || Date.now() > end) return waiting;
    await sleep(1_000);
  }
}
