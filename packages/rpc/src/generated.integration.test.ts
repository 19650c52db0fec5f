import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);
const here = join(import.meta.dirname, '..');
const bin = join(here, '../../node_modules/.bin');

/** Every file below a folder, by its path, with its content. */
async function contents(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const read = files.map(async (file) => {
    const path = join(file.parentPath, file.name);
    return [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

async function buf(folder: string, ...words: string[]): Promise<void> {
  await run(join(bin, 'buf'), words, { cwd: folder, env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` } });
}

test('the generated code is what buf generates from the contracts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'doubloon-buf-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const part of ['buf.yaml', 'buf.gen.yaml', 'proto']) await cp(join(here, part), join(folder, part), { recursive: true });
  await buf(folder, 'generate');
  expect(await contents(join(folder, 'gen'))).toEqual(await contents(join(here, 'gen')));
});

test('the contracts follow the rules of buf', async () => {
  await buf(here, 'lint');
});
