// `just images-check`: builds the tree of every image as the Dockerfile does, of what .dockerignore lets through, and runs each from
// it as a container would: another user, nothing writable, the Dockerfile's own environment, entrypoint and health check. It needs
// no container engine, and does not show what only one can show (the layers, the base image): .github/workflows/images.yml does.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tellStory } from '../demo/story.ts';
import { startStack, type AppName } from '../stack/stack.ts';
import { root } from '../stack/root.ts';
import { copyContext } from './context.ts';
import { createDatabase } from './database.ts';
import { dockerfile, readStage } from './dockerfile.ts';
import { targets, type TargetName } from './targets.ts';
import { belongings, lock, writableIn } from './tree-facts.ts';

const user = process.getuid?.() === 0 ? { uid: 65_532, gid: 65_532 } : undefined;
const names = Object.keys(targets) as TargetName[];
const services = ['treasury', 'identity', 'github-app', 'web'] as const satisfies readonly AppName[];
const say = (line: string): void => { console.log(line); };
const lines: string[] = [];

const folder = mkdtempSync(join(tmpdir(), 'doubloon-images-'));
try {
  chmodSync(folder, 0o755);
  const node = join(folder, 'node');
  cpSync(process.execPath, node);
  const treeOf = (name: TargetName): string => join(folder, name);
  const stageOf = (name: TargetName) => readStage(dockerfile(), name);

  /** Runs a command of a container of this target to its end. */
  const runOnce = (name: TargetName, command: readonly string[], env: Readonly<Record<string, string>> = {}, input = ''): { status: number | null; out: string } => {
    const { status, stdout, stderr } = spawnSync(node, command.slice(1), { cwd: treeOf(name), ...user, env: { ...stageOf(name).env, ...env }, input, encoding: 'utf8' });
    return { status, out: stdout + stderr };
  };
  const expectStatus = (what: string, { status, out }: { status: number | null; out: string }, wanted: number): string => {
    if (status !== wanted) throw new Error(`${what} ended with ${String(status)} instead of ${String(wanted)}:\n${out}`);
    return out;
  };

  const context = join(folder, 'context');
  copyContext(root, context);
  for (const name of names) {
    const { status } = spawnSync(process.execPath, [join(context, 'dev/images/tree.ts'), name, context, treeOf(name)], { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error(`the tree of ${name} could not be built`);
    lock(treeOf(name));
    const { megabytes, packages, foreign } = belongings(treeOf(name), targets[name].workspace);
    if (foreign.length > 0) throw new Error(`the tree of ${name} holds what is not its own: ${foreign.join(', ')}`);
    const writable = writableIn(node, treeOf(name), user);
    if (writable !== '') throw new Error(`the user of ${name} can write to ${writable}`);
    say(`${name.padEnd(10)} ${megabytes.toFixed(1).padStart(5)} MB, ${String(packages)} packages from npm, nothing writable`);
  }

  const parsed = expectStatus('the command', runOnce('cli', [...stageOf('cli').entrypoint, 'parse', '--denoms', 'sol:9'], {}, '$sol:0.5$'), 0);
  if (!parsed.includes('500000000')) throw new Error(`the command answered ${parsed}`);
  say('cli        reads a comment');

  const settingsOf = (name: AppName): Record<string, string> => {
    const { PORT: _port, INTERNAL_PORT: _internal, ...env } = stageOf(name).env;
    return env;
  };
  await using stack = await startStack({
    places: { 'github-app': placeOf('github-app'), treasury: placeOf('treasury'), identity: placeOf('identity'), web: placeOf('web') },
    env: { 'github-app': settingsOf('github-app'), treasury: settingsOf('treasury'), identity: settingsOf('identity'), web: settingsOf('web') },
    async makeDatabase(server, app) {
      const urls = await createDatabase(await server.createDatabase(`${app}-admin`), app.replaceAll('-', '_'));
      // Twice: the job runs at every start of the stack.
      for (const time of ['first', 'second']) expectStatus(`the ${time} migration of ${app}`, runOnce('migrate', [...stageOf('migrate').entrypoint, app, 'up'], { DATABASE_URL: urls.owner }), 0);
      say(`migrate    brought ${app} to its newest schema as its owner, and found nothing to do the second time`);
      return urls.app;
    },
    progress: say,
    onLine: (line) => { if (lines.push(line) > 200) lines.shift(); },
  });
  const healthcheck = (name: AppName) => runOnce(name, stageOf(name).healthcheck, { INTERNAL_PORT: new URL(stack.app(name).internalUrl).port });
  for (const name of services) expectStatus(`the health check of ${name}`, healthcheck(name), 0);
  for (const name of services) say(`${name.padEnd(10)} is ready, by the health check of its image, in ${residentMegabytes(stack.app(name).pid)} MB`);

  await tellStory(stack, () => undefined);
  stack.github.assertConforms();
  say('services   led a comment to its living comment, its money to escrow, and from there to whoever earned it, or back');

  for (const name of services) {
    const app = stack.app(name);
    await app.stop();
    const ended = await app.exited();
    if (ended !== 0) throw new Error(`${name} ended with ${String(ended)} on SIGTERM`);
    expectStatus(`the health check of ${name}, which is gone,`, healthcheck(name), 1);
  }
  say('services   exit 0 on SIGTERM, and their health checks then fail');

  function residentMegabytes(pid: number): string {
    // Only Linux tells.
    const [, kilobytes = ''] = /^VmRSS:\s+(\d+)/m.exec(existsSync('/proc/self/status') ? readFileSync(`/proc/${String(pid)}/status`, 'utf8') : '') ?? [];
    return kilobytes === '' ? 'an unknown number of' : (Number(kilobytes) / 1024).toFixed(0);
  }

  function placeOf(name: AppName) {
    return { root: treeOf(name), node, ...(user === undefined ? {} : { user }) };
  }
} catch (error) {
  for (const line of lines.slice(-40)) console.error(line);
  console.error(`\nThe images are not fit to ship: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  spawnSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
