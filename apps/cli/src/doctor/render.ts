import type { Finding } from './finding.ts';

const signs = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;

/** The check list for people: a line for each finding, what to do under it, and a last line that counts. */
export function render(findings: readonly Finding[]): readonly string[] {
  const width = Math.max(0, ...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, state, says, remedy }) => [
    `${signs[state]}  ${check.padEnd(width)}  ${says}`,
    ...(remedy === undefined ? [] : [`${' '.repeat(width + 8)}-> ${remedy}`]),
  ]);
  const count = (state: Finding['state']): number => findings.filter((finding) => finding.state === state).length;
  const [failures, warnings] = [count('fail'), count('warn')];
  if (failures + warnings === 0) return [...lines, '', `All ${String(findings.length)} checks are fine.`];
  return [...lines, '', `${String(count('ok'))} of ${String(findings.length)} checks are fine; ${String(failures)} failed, ${String(warnings)} to look at.`];
}

/** 0 unless something failed. */
export const exitCode = (findings: readonly Finding[]): number => (findings.some(({ state }) => state === 'fail') ? 1 : 0);
