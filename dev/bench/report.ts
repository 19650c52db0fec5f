import type { Figure, Result } from './benchmark.ts';

/** Three figures that count; whole numbers stay whole. */
export function rounded(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

const row = ({ name, unit, ours, baseline, ratio, n }: Figure): string =>
  `| ${name} | ${rounded(ours)} ${unit} | ${baseline === undefined ? '' : `${rounded(baseline)} ${unit}`} | ${ratio === undefined ? '' : rounded(ratio)} | ${rounded(n)} |`;

const section = ({ benchmark, aim, baseline, conditions, figures, missing = [] }: Result): string => `## ${benchmark}

${conditions} Baseline: ${baseline}. Aim: ${aim}.${missing.length === 0 ? '' : ` Not measured here: ${missing.join(', ')}.`}

| figure | ours | baseline | ratio | n |
| --- | --- | --- | --- | --- |
${figures.map(row).join('\n')}
`;

/** docs/benchmarks.md. */
export const report = (results: readonly Result[], machine: readonly (readonly [string, string])[], date: string): string => `# Benchmarks

What \`just bench --write\` found on ${date}. Each figure stands beside a baseline of the same run, measured in turn with it (ours,
baseline, ours, baseline, …, after a warm-up; medians over the rounds): the ratios say something about the code, the rest as much
about the machine. No test holds a time.

| machine | |
| --- | --- |
${machine.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}

${results.map(section).join('\n')}`;
