// The two commands of the README begin here, under whatever Node 20 or later the machine has: install what the lockfile
// says, then go on under the project's own Node. Plain JavaScript without dependencies, because nothing is there yet.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const entries = { demo: 'dev/demo/main.ts', test: 'dev/checks/test-main.ts' };
const [verb = '', ...rest] = process.argv.slice(2);

const fail = (sentence) => {
  console.error(sentence);
  process.exit(1);
};

if (!Object.hasOwn(entries, verb)) fail(`usage: node dev/bootstrap.mjs ${Object.keys(entries).join(' | ')}`);
if (Number(process.versions.node.split('.')[0]) < 20) fail(`Node 20 or later is needed to begin with; this is ${process.versions.node}.`);
install();
process.exit(run(projectNode(), [join(root, entries[verb]), ...rest]));

function install() {
  // npm writes its hidden lockfile when everything is in place: an install that was cut off leaves none.
  const installed = statSync(join(root, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false });
  if (installed !== undefined && installed.mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return;
  console.log('Installing what package-lock.json names (once, about a minute) …');
  // As a command line: on Windows npm is a script that only a shell starts.
  const { status } = spawnSync('npm ci --no-audit --no-fund --loglevel=error', { cwd: root, stdio: 'inherit', shell: true });
  if (status !== 0) fail('npm ci failed: see above.');
}

function projectNode() {
  const packaged = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(packaged)) return packaged;
  if (Number(process.versions.node.split('.')[0]) >= 26) return process.execPath;
  return fail(`No Node 26 is packaged on npm for ${process.platform}-${process.arch}: install Node 26 and run this with it.`);
}

function run(node, args) {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  // Ctrl-C reaches the whole group: the child stops by itself, and this process waits for it.
  process.on('SIGINT', () => {});
  const { status, signal, error } = spawnSync(node, args, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path } });
  if (error) fail(`${node} can't be started: ${error.message}`);
  return status ?? (signal === null ? 1 : 128);
}
