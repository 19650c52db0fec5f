import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const builds = ['doubloon_escrow.so', 'doubloon_escrow_v0.so'];

/** sha256, hexadecimal, of the program's builds that are published with this version. */
export const publishedBuilds = (): Promise<string[]> =>
  Promise.all(builds.map(async (name) => createHash('sha256').update(await readFile(new URL(`../../${name}`, import.meta.url))).digest('hex')));
