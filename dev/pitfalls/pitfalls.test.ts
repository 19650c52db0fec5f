import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../stack/root.ts';
import { pitfallsTable } from './document.ts';
import { pitfalls } from './pitfalls.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

test('all 44 are there, in their order', () => {
  expect(pitfalls.map(({ number }) => number)).toEqual(Array.from({ length: 44 }, (_, at) => at + 1));
});

describe.each(pitfalls)('$number: $pitfall', ({ test: named, guard }) => {
  test('its test is there by its name', () => {
    expect(existsSync(join(root, named.file))).toBe(true);
    expect([`'${named.name}'`, `"${named.name}"`, `\`${named.name}\``].some((name) => read(named.file).includes(name)), named.name).toBe(true);
  });

  test('its guard stands in the sources once, and is no test', () => {
    expect(read(guard.file).split(guard.text)).toHaveLength(2);
    expect(guard.file).not.toMatch(/\.test\.ts$|\/testing\//);
    expect(guard.instead).not.toBe(guard.text);
  });
});

test('docs/pitfalls.md says what stands here', () => {
  expect(read('docs/pitfalls.md')).toBe(pitfallsTable());
});
