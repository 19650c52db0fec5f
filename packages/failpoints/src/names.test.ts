import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failpoints, laws } from './names.ts';

const root = join(import.meta.dirname, '../../..');
const sources = globSync(['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'], { cwd: root, exclude: ['packages/failpoints/**', '**/*.test.ts'] }).map((path) => readFileSync(join(root, path), 'utf8'));
const uses = (call: RegExp): string[] => sources.flatMap((text) => [...text.matchAll(call)].map(([, name]) => name ?? '')).sort();

test('each failpoint of the table stands in the sources once, and none that is not in the table', () => {
  expect(uses(/\bfailpoint\('([^']*)'\)/g)).toEqual(Object.keys(failpoints).sort());
});

test('a failpoint is named in words, so that each can be found', () => {
  expect(uses(/\bfailpoint\((?!')([^)]*)\)/g)).toEqual([]);
});

test('each of the four laws can be switched off', () => {
  expect([...new Set(uses(/\blawIsOff\('([^']*)'\)/g))]).toEqual([...laws].sort());
});
