import { mayBe } from './metric-labels.ts';
import { isStandard, type DocumentedMetric } from './metrics-table.ts';

export interface Sample {
  /** As it is written: for a histogram with `_bucket`, `_sum` or `_count`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Exposition {
  /** Type by name of the metric. */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
}

/** Reads the text format of Prometheus (0.0.4) as far as it is written by prom-client; the numbers are left out. */
export function readExposition(text: string): Exposition {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    const [, typed, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (typed !== undefined && type !== undefined) types.set(typed, type);
    const [, name, labels = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name !== undefined) samples.push({ name, labels: Object.fromEntries([...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', value = '']) => [label, value])) });
  }
  return { types, samples };
}

/** One line for each thing that an app tells and the table doesn't, or the other way round. */
export function problemsWith(app: string, { types, samples }: Exposition, table: readonly DocumentedMetric[]): string[] {
  const expected = new Map(table.filter(({ apps }) => apps.includes(app)).map((metric) => [metric.name, metric]));
  const problems: string[] = [];
  for (const [name, type] of types) {
    if (isStandard(name)) continue;
    if (!name.startsWith('doubloon_')) problems.push(`${app}: ${name} does not begin with doubloon_`);
    else if (expected.get(name)?.type !== type) problems.push(`${app}: ${name} (${type}) is not in the table`);
  }
  for (const name of expected.keys()) if (!types.has(name)) problems.push(`${app}: ${name} is in the table and not told`);
  for (const { name, labels } of samples) {
    const metric = expected.get(name) ?? expected.get(name.replace(/_(bucket|sum|count)$/, ''));
    for (const [label, value] of Object.entries(labels)) {
      const values = metric?.labels[label];
      if (metric === undefined || label === 'app' || (label === 'le' && metric.type === 'histogram')) continue;
      if (values === undefined || !mayBe(values, value)) problems.push(`${app}: ${name}{${label}="${value}"} is not in the table`);
    }
  }
  return problems;
}
