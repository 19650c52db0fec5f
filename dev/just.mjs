#!/usr/bin/env node
// The command runner, from npm where a build for this platform is published; elsewhere from the PATH the developer has.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const packaged = join(import.meta.dirname, '..', 'node_modules', `rust-just-${process.platform}-${process.arch}`, 'bin', 'just');
// Our own shim is on the PATH under npx and npm run: leave those folders out, or it would find itself.
const path = (process.env['PATH'] ?? '').split(delimiter);
const command = existsSync(packaged) ? packaged : path.filter((folder) => !folder.includes('node_modules')).map((folder) => join(folder, 'just')).find(existsSync);
if (command === undefined) {
  console.error(`just is not packaged on npm for ${process.platform}-${process.arch}: install it (https://just.systems) and run this again`);
  process.exit(127);
}
process.exit(spawnSync(command, process.argv.slice(2), { stdio: 'inherit' }).status ?? 1);
