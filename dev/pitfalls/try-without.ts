import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { NamedTest, Pitfall } from './pitfall.ts';
import type { TreeCopy } from './tree-copy.ts';

const builds = ['packages/escrow/doubloon_escrow.so', 'packages/escrow/doubloon_escrow_v0.so'];

/** What was found wrong; `undefined` when the test of the pitfall passes with its guard and fails without, and the copy is as before. */
export async function tryWithout(copy: TreeCopy, { guard, test }: Pitfall): Promise<string | undefined> {
  const { isWell, said } = await runTest(copy, test);
  if (!isWell) return `the test fails with the guard in its place:\n${said.slice(-2_000)}`;
  using _ = copy.change(guard.file, guard.text, guard.instead);
  if (!guard.file.endsWith('.rs')) return await runWithout(copy, test);
  using __ = copy.keep(builds.flatMap((file) => [file, `${file}.sha256`]));
  const built = await run(copy, 'sh', ['packages/escrow/build.sh']);
  return built.isWell ? await runWithout(copy, test) : `without its guard the program does not build:\n${built.said.slice(-2_000)}`;
}

async function runWithout(copy: TreeCopy, test: NamedTest): Promise<string | undefined> {
  const { isWell, said } = await runTest(copy, test);
  if (isWell) return 'the test passes without the guard';
  // A file that can't be loaded fails every test: that shows nothing.
  return /Tests +\d+ failed/.test(said) ? undefined : `no test ran:\n${said.slice(-2_000)}`;
}

const runTest = (copy: TreeCopy, { file, name }: NamedTest) => run(copy, process.execPath, ['node_modules/vitest/vitest.mjs', 'run', file, '--testNamePattern', patternOf(name)]);

/** Placeholders of a table of tests stand for anything. */
const patternOf = (name: string): string => name.replaceAll(/[.*+?^{}()|[\]\\]/g, '\\$&').replaceAll(/%\w|\$[\w.]+/g, '.*');

async function run(copy: TreeCopy, command: string, args: readonly string[]): Promise<{ isWell: boolean; said: string }> {
  const child = spawn(command, args, { cwd: copy.root, env: { ...process.env, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { isWell: code === 0, said: said.join('') };
}
