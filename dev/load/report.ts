import type { Course } from './flat.ts';

export interface LongRun {
  readonly minutes: number;
  readonly everyMs: number;
  readonly kept: string;
  readonly done: Readonly<Record<string, number>>;
  readonly courses: readonly Course[];
  readonly problems: readonly string[];
}

/** As people write it: bytes of memory and tables in MB, everything else as it is. */
export const amount = (kind: string, value: number): string => (['memory', 'heap', 'bytes'].includes(kind) ? `${(value / 1_000_000).toFixed(1)} MB` : String(Math.round(value)));

const verdict = ({ isFlat, grows }: Course): string => (isFlat ? 'flat' : grows ? 'grows with the work' : '**not flat**');

/** A table of what a long run found, tables without rows left out. */
export function describeCourses({ minutes, everyMs, kept, done, courses, problems }: LongRun): string {
  const rows = courses.filter(({ name, last, first }) => !/^(rows|bytes) /.test(name) || ((courses.find((one) => one.name === name.replace(/^bytes /, 'rows '))?.last ?? last) > 0 || first > 0)).map((course) => {
    const kind = course.name.split(' ')[0] ?? '';
    return `| ${course.name} | ${amount(kind, course.first)} | ${amount(kind, course.mean)} | ${amount(kind, course.last)} | ${course.growth < 0 ? '−' : '+'}${amount(kind, Math.abs(course.growth))} | ${verdict(course)} |`;
  });
  return `${String(minutes)} minutes, something every ${String(everyMs)} ms: ${Object.entries(done).map(([what, count]) => `${what} ${String(count)}`).join(', ')}. What was handled was kept for ${kept} (\`GITHUB_APP_KEPT\`, \`EVENT_LOG_KEPT\`, \`IDENTITY_DECISIONS_KEPT\`), so that pruning is in it. One sample a minute; the line through the second half goes up by what stands under growth. ${problems.length === 0 ? 'Nothing was found.' : `Found: ${problems.join('; ')}.`}

| what | first | mean | last | growth | |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

/** A section of docs/load.md, under the date of today. */
export const writeSection = (title: string, text: string): string => `\n## ${title}, ${new Date().toISOString().slice(0, 10)}\n\n${text}`;
