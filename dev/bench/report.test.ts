import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../stack/root.ts';
import { report, rounded } from './report.ts';

test.each([[0, '0'], [4, '4'], [16768, '16,768'], [0.51234, '0.512'], [12.3456, '12.3'], [123.456, '123'], [83071.5, '83,072'], [Number.NaN, '-']])('%d is written as %s', (value, text) => {
  expect(rounded(value)).toBe(text);
});

test('a result is a section with what it was measured against, and what could not be measured here', () => {
  const text = report([{
    benchmark: 'anything', aim: 'at least 0.8', baseline: 'the same by hand', conditions: 'Ten rounds.', missing: ['Kafka'],
    figures: [{ name: 'speed', unit: '/s', ours: 900, baseline: 1000, ratio: 0.9, n: 10 }, { name: 'size', unit: 'bytes', ours: 7, n: 1 }],
  }], [['cores', '2']], '2026-01-02');
  expect(text).toContain('on 2026-01-02');
  expect(text).toContain('| cores | 2 |');
  expect(text).toContain('Ten rounds. Baseline: the same by hand. Aim: at least 0.8. Not measured here: Kafka.');
  expect(text).toContain('| speed | 900 /s | 1,000 /s | 0.9 | 10 |');
  expect(text).toContain('| size | 7 bytes |  |  | 1 |');
});

test('docs/benchmarks.md has every benchmark there is (just bench --write writes it)', () => {
  const text = readFileSync(join(root, 'docs/benchmarks.md'), 'utf8');
  const names = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.bench.ts')).map((file) => file.replace('.bench.ts', ''));
  expect([...text.matchAll(/^## (\S+)$/gm)].map(([, name]) => name)).toEqual(names.sort());
});
