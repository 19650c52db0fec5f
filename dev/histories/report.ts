import { summed, type Run } from './progress.ts';

/** What the oracle says begins with one of these. */
type Verdict = 'lost' | 'doubled' | 'wrong' | 'stuck';

/** How many sentences of the oracle are of each kind. */
export function counted(problems: readonly { readonly says: string }[]): Record<Verdict, number> {
  const of = (verdict: Verdict): number => problems.filter(({ says }) => says.startsWith(`${verdict}: `)).length;
  return { lost: of('lost'), doubled: of('doubled'), wrong: problems.length - of('lost') - of('doubled') - of('stuck'), stuck: of('stuck') };
}

const count = (value: number): string => value.toLocaleString('en-US');
const table = (head: readonly [string, string], rows: readonly (readonly [string, string])[]): string =>
  [`| ${head.join(' | ')} |`, '| --- | ---: |', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');

/** docs/reliability.md: what runs came to, the longest first. */
export function report(runs: readonly Run[], machine: readonly (readonly [string, string])[]): string {
  const size = ({ batches }: Run): number => batches.reduce((sum, { histories }) => sum + histories, 0);
  return `# Reliability

No command, comment, event or unit of money is lost or doubled, whatever breaks: this is how often that was tried, and what came of
it. \`just histories N\` generates histories from a seed (people, wallets, comments, money, awards, links, refunds, renames), plays
them on the real stack while it breaks things, and asks an oracle that knows the rules of the product and none of its code
(\`dev/histories/\`). Written by \`just histories --report\`; the same seed plays the same operations and breaks the same things,
though no machine does so at the same nanosecond.

| machine | |
| --- | --- |
${machine.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}

${runs.toSorted((one, other) => size(other) - size(one)).map(section).join('\n')}`;
}

function section({ head, batches }: Run): string {
  const problems = batches.flatMap((batch) => batch.problems);
  const sum = (of: (batch: Run['batches'][number]) => number): number => batches.reduce((total, batch) => total + of(batch), 0);
  const histories = sum((batch) => batch.histories);
  const { lost, doubled, wrong, stuck } = counted(problems);
  const failpoints = new Set(batches.flatMap((batch) => batch.failpoints));
  const breaks = Object.entries(summed(batches.map((batch) => batch.breaks))).sort(([, one], [, other]) => other - one);
  const seeds = `${String(head.seed)} to ${String(head.seed + histories - 1)}`;
  return `## ${count(histories)} histories, event log on ${head.eventLog === 'kafka' ? 'Kafka' : 'PostgreSQL'}

Begun ${head.began}, commit ${head.commit}, seeds ${seeds}, ${count(Math.round(sum((batch) => batch.seconds)))} s.

${table(['what', 'how many'], [
  ['histories', count(histories)],
  ['operations of people', count(sum((batch) => batch.operations))],
  ...Object.entries(summed(batches.map((batch) => batch.outcomes))).map(([outcome, times]) => [`of these ${outcome}`, count(times)] as const),
  ['processes killed', count(sum((batch) => batch.kills))],
  ['failpoints at which one died', count(failpoints.size)],
  ['**lost**', `**${count(lost)}**`],
  ['**doubled**', `**${count(doubled)}**`],
  ['otherwise wrong', count(wrong)],
  ['stuck', count(stuck)],
])}

${table(['what was broken', 'times'], breaks.map(([kind, times]) => [kind, count(times)] as const))}
${problems.length === 0 ? '' : `\nWhat the oracle said:\n\n${problems.map(({ seed, says }) => `- seed ${seed}: ${says}`).join('\n')}\n`}`;
}
