import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { addressBytes, type Address } from '@doubloon/escrow';
import { root } from '../stack/root.ts';

const run = promisify(execFile);
const withinMs = 60_000;

/** Runs the command line as its own process, with a key file for this run alone. Answers what it printed; rejects when it fails. */
export async function runDoubloon(args: readonly string[], { seed, address }: { seed: Uint8Array; address: Address }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'doubloon-key-'));
  try {
    const file = join(folder, 'key.json');
    await writeFile(file, JSON.stringify([...seed, ...addressBytes(address)]), { mode: 0o600 });
    const { stdout } = await run(process.execPath, [join(root, 'apps/cli/src/main.ts'), ...args, '--keypair', file], { timeout: withinMs });
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}
