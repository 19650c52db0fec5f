import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { holdLock } from './lock.ts';

function lockFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'doubloon-lock-'));
  onTestFinished(() => { rmSync(folder, { recursive: true }); });
  return join(folder, 'lock');
}

test('of two who want the lock at once, one waits for the other, and is told so', async () => {
  const file = lockFile();
  const seen: string[] = [];
  let told = 0;
  const hold = async (name: string): Promise<void> => {
    await using _lock = await holdLock(file, () => { told += 1; });
    seen.push(`${name} has it`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    seen.push(`${name} lets go`);
  };
  await Promise.all([hold('one'), hold('two')]);
  expect(seen).toEqual(['one has it', 'one lets go', 'two has it', 'two lets go']);
  expect(told).toBe(1);
  expect(existsSync(file)).toBe(false);
});

test('a lock whose holder died is taken over', async () => {
  const file = lockFile();
  const { pid } = spawnSync(process.execPath, ['--eval', '']);
  writeFileSync(file, String(pid));
  await using _lock = await holdLock(file, () => { throw new Error('nobody holds it'); });
  expect(existsSync(file)).toBe(true);
});
