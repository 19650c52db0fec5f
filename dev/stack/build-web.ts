import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { holdLock } from './lock.ts';
import { root } from './root.ts';

const web = join(root, 'apps/web');
// The browser's part of the bundle takes these packages in; the rest runs from source.
const sources = ['apps/web/src', 'apps/web/vite.config.ts', 'apps/web/vite.island.config.ts', 'apps/web/package.json', 'packages/escrow/src', 'packages/errors/src', 'package-lock.json'];

/** Builds the pages when a source is newer than the last build, while nobody else does. Rejects with the builder's words. */
export async function buildWeb(progress: (line: string) => void): Promise<void> {
  if (isFresh()) return;
  // Both would empty the folder that the other one writes to.
  await using _lock = await holdLock(join(root, 'node_modules/.building-the-pages'), () => { progress('Waiting for somebody else who builds the pages …'); });
  if (isFresh()) return;
  progress('Building the pages …');
  // The same steps as the package's own build script, without asking for a shell.
  await run('@sveltejs/kit/svelte-kit.js', 'sync');
  await run('vite/bin/vite.js', 'build', '--logLevel', 'error', '--config', 'vite.island.config.ts');
  await run('vite/bin/vite.js', 'build', '--logLevel', 'error');
}

function isFresh(): boolean {
  const built = join(web, 'build/handler.js');
  return existsSync(built) && newest(sources.map((path) => join(root, path))) < statSync(built).mtimeMs;
}

async function run(script: string, ...options: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'node_modules', script), ...options], {
    cwd: web,
    // A test runner's NODE_ENV would make the build that of a developer: larger, and with another markup.
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the pages could not be built:\n${said.join('')}`);
}

function newest(paths: readonly string[]): number {
  return Math.max(
    ...paths.map((path) => {
      const found = statSync(path);
      return found.isDirectory() ? newest(readdirSync(path).filter((name) => !name.endsWith('.test.ts')).map((name) => join(path, name))) : found.mtimeMs;
    }),
    0,
  );
}
