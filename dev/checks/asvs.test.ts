import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../stack/root.ts';

/** The requirements of level 1 of ASVS 5.0.0. */
const levelOne = `
  1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1 2.1.1 2.2.1 2.2.2 2.3.1 3.2.1 3.2.2 3.3.1 3.4.1 3.4.2 3.5.1 3.5.2 3.5.3 4.1.1 4.4.1
  5.2.1 5.2.2 5.3.1 5.3.2 6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2 7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2
  8.1.1 8.2.1 8.2.2 8.3.1 9.1.1 9.1.2 9.1.3 9.2.1 10.4.1 10.4.2 10.4.3 10.4.4 10.4.5 11.3.1 11.3.2 11.4.1 12.1.1 12.2.1 12.2.2
  13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1`.trim().split(/\s+/);
const rows = [...readFileSync(join(root, 'docs/asvs.md'), 'utf8').matchAll(/^\| (\d+\.\d.*?) \| (.*?) \| (.*?) ?\|$/gm)].map(([, requirement = '', state = '', shown = '']) => ({ requirement, state, shown }));

/** `6.2.1 to 6.2.8`, or `9.1.1, 9.1.2`, at the beginning of a cell. */
function numbersIn(requirement: string): string[] {
  const [, section, from, to] = /^(\d+\.\d+)\.(\d+) to \1\.(\d+) /.exec(requirement) ?? [];
  if (section !== undefined) return Array.from({ length: Number(to) - Number(from) + 1 }, (_, at) => `${section}.${String(Number(from) + at)}`);
  return [...(/^[\d., ]+/.exec(requirement)?.[0] ?? '').matchAll(/\d+\.\d+\.\d+/g)].map(([number]) => number);
}

test('docs/asvs.md has every requirement of level 1 once', () => {
  expect(levelOne).toHaveLength(70);
  expect(rows.flatMap(({ requirement }) => numbersIn(requirement))).toEqual(levelOne);
});

test.each(rows)('$requirement: what is met is shown by a test that is there, and what is not has a reason', ({ state, shown }) => {
  expect(state).toMatch(/^(?:met|not ours|the operator's: .+|open: .+)/);
  if (shown === '') return expect(state).not.toMatch(/^met/);
  const [, file = '', name = ''] = /^`([^`]+)`: (.+)$/.exec(shown) ?? [];
  const source = readFileSync(join(root, file), 'utf8');
  expect([`'${name}'`, `"${name}"`].some((quoted) => source.includes(quoted)), shown).toBe(true);
});
