// `node dev/images/tree.ts <target> <repository> <empty folder>`: everything the image of one target holds, and nothing else.
// The Dockerfile runs it, and so does `just images-check`, outside a container: what is checked is what is shipped.
// It needs nothing but Node and npm, because the Dockerfile calls it before anything is installed.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { isTarget, targets, type Target } from './targets.ts';

const [name = '', repository = '', tree = ''] = process.argv.slice(2);
if (!isTarget(name) || repository === '' || tree === '') {
  console.error(`usage: node dev/images/tree.ts ${Object.keys(targets).join(' | ')} <repository> <empty folder>`);
  process.exit(2);
}
// Tests, and what only builds or documents a package.
const leftOut = /\/(node_modules|build|\.svelte-kit|testing|vectors|proto|schemas|program|target)(\/|$)|\.(test|bench)\.ts$|\.sh$/;
// Node strips no types under node_modules: a .ts there never runs.
const useless = /\.([cm]?ts|map|flow|md|markdown|tsbuildinfo)$/;
const { workspace, migrations, built }: Target = targets[name];
const manifests = readManifests();
const house = reachable(workspace);

mkdirSync(tree, { recursive: true });
install(tree, 'to run');
for (const folder of house) copySources(folder, tree);
for (const database of migrations) cpSync(join(repository, 'migrations', database), join(tree, 'migrations', database), { recursive: true });
if (built !== undefined) build(built);
prune();

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The package.json of every workspace, by folder. */
function readManifests(): ReadonlyMap<string, Manifest> {
  const folders = ['packages', 'apps'].flatMap((group) => readdirSync(join(repository, group)).map((folder) => join(group, folder)));
  const found = [...folders, 'dev', 'tests'].filter((folder) => existsSync(join(repository, folder, 'package.json')));
  return new Map(found.map((folder) => [folder, JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8')) as Manifest]));
}

/** The folders of this workspace and of those of ours that it runs on. */
function reachable(start: string): ReadonlySet<string> {
  const folderOf = new Map([...manifests].map(([folder, manifest]) => [manifest.name, folder]));
  const seen = new Set<string>();
  const visit = (folder: string): void => {
    if (seen.has(folder)) return;
    seen.add(folder);
    for (const dependency of Object.keys(manifests.get(folder)?.dependencies ?? {})) {
      const ours = folderOf.get(dependency);
      if (ours !== undefined) visit(ours);
    }
  };
  visit(start);
  return seen;
}

/** Installs what the lockfile names for this workspace. No install script runs: nothing an app needs has one. */
function install(into: string, what: 'to run' | 'to build'): void {
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) cpSync(join(repository, file), join(into, file));
  for (const folder of manifests.keys()) cpSync(join(repository, folder, 'package.json'), join(into, folder, 'package.json'));
  if (what === 'to run') forgetTools(into);
  const omit = what === 'to run' ? ['--omit=dev', '--omit=optional'] : ['--include=dev'];
  run(into, 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...omit, `--workspace=${workspace}`]);
}

/** Without this npm would follow an app's development dependency on a workspace of ours, and install what that one runs on. */
function forgetTools(into: string): void {
  const edit = (file: string, change: (content: { devDependencies?: unknown; packages?: Record<string, { devDependencies?: unknown }> }) => void): void => {
    const content = JSON.parse(readFileSync(join(into, file), 'utf8')) as Parameters<typeof change>[0];
    change(content);
    writeFileSync(join(into, file), JSON.stringify(content));
  };
  for (const folder of manifests.keys()) edit(join(folder, 'package.json'), (manifest) => { delete manifest.devDependencies; });
  edit('package-lock.json', ({ packages = {} }) => { for (const folder of manifests.keys()) delete packages[folder]?.devDependencies; });
}

function copySources(folder: string, into: string): void {
  cpSync(join(repository, folder), join(into, folder), { recursive: true, filter: (path) => !leftOut.test(`/${relative(join(repository, folder), path)}`) });
}

/** Builds what runs from a bundle, in a folder of its own: the builder is not part of the tree. */
function build(output: string): void {
  const work = mkdtempSync(join(tmpdir(), 'doubloon-build-'));
  try {
    install(work, 'to build');
    for (const folder of house) copySources(folder, work);
    run(work, 'npm', ['run', '--silent', 'build', `--workspace=${workspace}`]);
    cpSync(join(work, workspace, output), join(tree, workspace, output), { recursive: true });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Takes out what no process can use, and refuses what would tie the tree to one architecture. */
function prune(): void {
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) rmSync(join(tree, file));
  for (const folder of manifests.keys()) if (!house.has(folder)) rmSync(join(tree, folder), { recursive: true });
  for (const group of ['packages', 'apps']) if (readdirSync(join(tree, group)).length === 0) rmSync(join(tree, group), { recursive: true });
  const modules = join(tree, 'node_modules');
  rmSync(join(modules, '.bin'), { recursive: true, force: true });
  rmSync(join(modules, '.package-lock.json'));
  const native = sweep(modules);
  if (native.length > 0) throw new Error(`the tree of ${name} is the same for every architecture, but holds ${native.join(', ')}`);
}

/** Removes what is useless in a folder of packages, never following a link out of it. Answers the native modules it met. */
function sweep(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sweep(path);
    if (entry.isSymbolicLink() ? !existsSync(path) : useless.test(entry.name)) rmSync(path);
    return entry.name.endsWith('.node') ? [relative(tree, path)] : [];
  });
}

function run(cwd: string, command: string, args: readonly string[]): void {
  // The same Node for what npm starts, whichever the machine has.
  const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, PATH, NODE_ENV: 'production' } });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(status)}`);
}
