import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Counter, createMetrics } from '@doubloon/service';
import { expect, test } from 'vitest';
import { root } from '../stack/root.ts';
import { problemsWith, readExposition } from './exposition.ts';
import { documentedMetrics, isStandard, metricsTable } from './metrics-table.ts';

const table = documentedMetrics();

test('docs/metrics.md is what the services measure (just docs writes it)', () => {
  expect(readFileSync(join(root, 'docs/metrics.md'), 'utf8')).toBe(metricsTable());
});

test('every metric of ours begins with doubloon_, ends in its unit or in _total where it counts, and says what it means', () => {
  for (const { name, type, help } of table) {
    expect(name).toMatch(/^doubloon_[a-z_]+$/);
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
    expect(help, name).toMatch(/^[A-Z].{10,}\.$/);
  }
});

/** What an app would tell that has, beside what is standard, only these counters, each counted once. */
async function told(...counters: readonly { name: string; labels?: Record<string, string> }[]): Promise<ReturnType<typeof readExposition>> {
  const metrics = createMetrics('some-app');
  for (const { name, labels = {} } of counters) new Counter({ name, help: 'Anything.', labelNames: Object.keys(labels), registers: [metrics] }).inc(labels);
  return readExposition(await metrics.metrics());
}

const known = [{ name: 'doubloon_writes_total', type: 'counter', help: '', labels: { how: ['created'] }, apps: ['some-app'] }];

test('what is told as the table has it has no problem, and the standard metrics need not stand in it', async () => {
  const exposition = await told({ name: 'doubloon_writes_total', labels: { how: 'created' } });
  expect(problemsWith('some-app', exposition, known)).toEqual([]);
  expect([...exposition.types.keys()].filter(isStandard)).toEqual(expect.arrayContaining(['process_cpu_seconds_total', 'nodejs_eventloop_lag_seconds']));
});

test.each([
  { what: 'a metric that is not documented', counter: { name: 'doubloon_others_total' }, problem: 'doubloon_others_total (counter) is not in the table' },
  { what: 'a metric of another prefix', counter: { name: 'treasury_others_total' }, problem: 'treasury_others_total does not begin with doubloon_' },
])('$what is a problem', async ({ counter, problem }) => {
  expect(problemsWith('some-app', await told({ name: 'doubloon_writes_total', labels: { how: 'created' } }, counter), known)).toEqual([`some-app: ${problem}`]);
});

test.each([{ how: '81234567' }, { how: 'created"}' }, { how: 'created', repository: 'a/b' }])('a label or a value that is not documented is a problem: %o', async (labels) => {
  expect(problemsWith('some-app', await told({ name: 'doubloon_writes_total', labels }), known)).toHaveLength(1);
});

test('a metric of another app, and one that is documented and not told, is a problem', async () => {
  expect(problemsWith('another-app', await told({ name: 'doubloon_writes_total', labels: { how: 'created' } }), known)).toEqual(['another-app: doubloon_writes_total (counter) is not in the table']);
  expect(problemsWith('some-app', await told(), known)).toEqual(['some-app: doubloon_writes_total is in the table and not told']);
});
