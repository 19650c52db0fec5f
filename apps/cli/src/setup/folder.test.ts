import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openFolder } from './folder.ts';

function open() {
  const path = mkdtempSync(join(tmpdir(), 'doubloon-folder-'));
  onTestFinished(() => { rmSync(path, { recursive: true }); });
  return { path, folder: openFolder(path) };
}
const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('what it makes only its owner can read, whatever the umask', () => {
  const { path, folder } = open();
  const before = process.umask(0);
  onTestFinished(() => { process.umask(before); });
  expect(folder.make('secrets/a', 'one')).toBe(true);
  folder.set('NAME', 'value');
  expect(modeOf(join(path, 'secrets'))).toBe(0o700);
  for (const name of ['secrets/a', '.env']) expect(modeOf(join(path, name)), name).toBe(0o600);
});

test('a file that exists is never written over, and nothing is left beside it', () => {
  const { path, folder } = open();
  folder.make('secrets/a', 'one');
  expect(folder.make('secrets/a', 'two')).toBe(false);
  expect(folder.read('secrets/a')).toBe('one');
  expect(readdirSync(join(path, 'secrets'))).toEqual(['a']);
});

test('a setting that stands in .env stays, an empty one is filled, and the other lines stay as they are', () => {
  const { path, folder } = open();
  writeFileSync(join(path, '.env'), '# mine\nWEB_PORT=1\nWEB_ORIGIN=\n');
  expect(folder.set('WEB_PORT', '2')).toBe(false);
  expect(folder.set('WEB_ORIGIN', 'https://a.example')).toBe(true);
  expect(folder.read('.env')).toBe('# mine\nWEB_PORT=1\nWEB_ORIGIN=https://a.example');
  expect(folder.setting('WEB_PORT')).toBe('1');
  expect(folder.setting('WEB_POR')).toBeUndefined();
});

test('a folder that was there keeps its mode', () => {
  const { path, folder } = open();
  mkdirSync(join(path, 'keys'));
  chmodSync(join(path, 'keys'), 0o750);
  folder.make('keys/a', '1');
  expect(modeOf(join(path, 'keys'))).toBe(0o750);
});
