import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../stack/root.ts';
import { configurationTable } from './configuration-table.ts';

test('docs/configuration.md is what the services read (just docs writes it)', () => {
  expect(readFileSync(join(root, 'docs/configuration.md'), 'utf8')).toBe(configurationTable());
});
