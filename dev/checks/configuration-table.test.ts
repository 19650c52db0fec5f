import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../stack/root.ts';
import { configurationTable, settingsJson } from './configuration-table.ts';

test('docs/configuration.md is what the services read (just docs writes it)', () => {
  expect(readFileSync(join(root, 'docs/configuration.md'), 'utf8')).toBe(configurationTable());
});

test('the doctor knows the settings that the services read (just docs writes it)', () => {
  expect(readFileSync(join(root, 'apps/cli/src/doctor/settings.json'), 'utf8')).toBe(settingsJson());
});
