import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openFolder } from './folder.ts';
import { giveAway } from './secrets.ts';

test.skipIf(process.getuid?.() !== 0)('a link in the folder of secrets, which its new owner can put there, gives nothing away that lies elsewhere', () => {
  const path = mkdtempSync(join(tmpdir(), 'doubloon-secrets-'));
  onTestFinished(() => { rmSync(path, { recursive: true }); });
  mkdirSync(join(path, 'secrets'));
  for (const name of ['elsewhere', 'secrets/ours']) writeFileSync(join(path, name), '');
  symlinkSync(join(path, 'elsewhere'), join(path, 'secrets/link'));
  expect(giveAway(openFolder(path))).toBe('65532:65532');
  expect(statSync(join(path, 'secrets/ours')).uid).toBe(65_532);
  expect(statSync(join(path, 'elsewhere')).uid).toBe(0);
});
