import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../stack/root.ts';

/** The requirements of level 1 in chapters V6 to V10 of ASVS 5.0. */
const levelOne = [
  '6.1.1', '6.2.1', '6.2.2', '6.2.3', '6.2.4', '6.2.5', '6.2.6', '6.2.7', '6.2.8', '6.3.1', '6.3.2', '6.4.1', '6.4.2',
  '7.2.1', '7.2.2', '7.2.3', '7.2.4', '7.4.1', '7.4.2',
  '8.1.1', '8.2.1', '8.2.2', '8.3.1',
  '9.1.1', '9.1.2', '9.1.3', '9.2.1',
  '10.4.1', '10.4.2', '10.4.3', '10.4.4', '10.4.5',
];
const rows = [...readFileSync(join(root, 'SECURITY.md'), 'utf8').matchAll(/^\| ((?:6|7|8|9|10)\.\d.*?) \| (.*?) \| (.*?) ?\|$/gm)].map(([, requirement = '', state = '', shown = '']) => ({ requirement, state, shown }));

/** `6.2.1 to 6.2.8`, or `9.1.1, 9.1.2`, at the beginning of a cell. */
function numbersIn(requirement: string): string[] {
  const [, section, from, to] = /^(\d+\.\d+)\.(\d+) to \1\.(\d+) /.exec(requirement) ?? [];
  if (section !== undefined) return Array.from({ length: Number(to) - Number(from) + 1 }, (_, at) => `${section}.${String(Number(from) + at)}`);
  return [...(/^[\d., ]+/.exec(requirement)?.[0] ?? '').matchAll(/\d+\.\d+\.\d+/g)].map(([number]) => number);
}

test('SECURITY.md has every requirement of level 1 once', () => {
  expect(rows.flatMap(({ requirement }) => numbersIn(requirement))).toEqual(levelOne);
});

test.each(rows)('$requirement: what is met is shown by a test that is there', ({ state, shown }) => {
  expect(state).toMatch(/^(met|not ours)\b/);
  if (shown === '') return expect(state).toBe('not ours');
  const [, file = '', name = ''] = /^`([^`]+)`: (.+)$/.exec(shown) ?? [];
  expect(readFileSync(join(root, file), 'utf8')).toContain(`'${name}'`);
});
