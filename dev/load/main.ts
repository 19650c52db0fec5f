// `just load [--only flood|backlog] [--seconds 60] [--most N] [--backlog 100000] [--write]`: a line of JSON and a table for each.
import { appendFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rounded } from '../bench/report.ts';
import { root } from '../stack/root.ts';
import { measureBacklog } from './backlogged.ts';
import { measureFlood, type Figures } from './flooded.ts';
import { writeSection } from './report.ts';

const { values } = parseArgs({ options: {
  only: { type: 'string' }, seconds: { type: 'string', default: '60' }, most: { type: 'string', default: '300000' }, backlog: { type: 'string', default: '100000' }, write: { type: 'boolean', default: false },
} });
const measures: Readonly<Record<string, { readonly title: string; measure(): Promise<Figures> }>> = {
  flood: { title: `Ten times too much, for ${values.seconds} seconds`, measure: () => measureFlood(Number(values.seconds), Number(values.most)) },
  backlog: { title: `A backlog of ${Number(values.backlog).toLocaleString('en-US')} deliveries`, measure: () => measureBacklog(Number(values.backlog)) },
};
if (values.only !== undefined && !Object.hasOwn(measures, values.only)) {
  process.stderr.write(`--only ${Object.keys(measures).join(' or ')}\n`);
  process.exit(2);
}
for (const [name, { title, measure }] of Object.entries(measures).filter(([name]) => values.only === undefined || name === values.only)) {
  const others = (loadavg()[0] ?? 0).toFixed(1);
  try {
    const found = await measure();
    process.stdout.write(`${JSON.stringify({ load: name, ...found })}\n`);
    const text = `All embedded on one machine with 2 cores, the sender among them; ${others} processes were at work on other things before (load over a minute). GitHub's limits of an hour, and the sweep's pace, were taken away.\n\n| figure | |\n| --- | --- |\n${Object.entries(found).map(([figure, value]) => `| ${figure} | ${rounded(value)} |`).join('\n')}\n`;
    process.stdout.write(`\n${text}\n`);
    if (values.write) appendFileSync(join(root, 'docs/load.md'), writeSection(title, text));
  } catch (error) {
    process.stderr.write(`${name} failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
process.exit();
