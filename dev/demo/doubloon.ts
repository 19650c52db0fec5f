import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { addressBytes, type Address } from '@doubloon/escrow';
import { root } from '../stack/root.ts';

const run = promisify(execFile);
const withinMs = 60_000;

/** Runs the command line as its own process. Answers what it printed; rejects with that when it fails. */
export async function runDoubloon(args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(process.execPath, [join(root, 'apps/cli/src/main.ts'), ...args], { timeout: withinMs });
    return stdout;
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
    throw new Error(`doubloon ${args[0] ?? ''} failed:\n${stdout}${stderr}`, { cause });
  }
}

/** The same with a key file for this run alone. */
export async function runWithKey(args: readonly string[], { seed, address }: { seed: Uint8Array; address: Address }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'doubloon-key-'));
  try {
    const file = join(folder, 'key.json');
    await writeFile(file, JSON.stringify([...seed, ...addressBytes(address)]), { mode: 0o600 });
    return await runDoubloon([...args, '--keypair', file]);
  } finally {
    await rm(folder, { recursive: true });
  }
}
