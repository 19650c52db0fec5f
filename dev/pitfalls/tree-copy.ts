import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../stack/root.ts';

/** The tree of this repository once more, to break things in. Removed when it is disposed. */
export interface TreeCopy extends Disposable {
  readonly root: string;
  /** Puts `instead` in the place of `text`, which must stand in the file once; disposing puts it back. */
  change(file: string, text: string, instead: string): Disposable;
  /** Disposing makes these files what they are now. */
  keep(files: readonly string[]): Disposable;
}

/** What git knows, and the installed packages: those by links to the same bytes where that can be, since nothing here writes them. */
export function copyTree(): TreeCopy {
  const copy = mkdtempSync(join(tmpdir(), 'doubloon-guards-'));
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, maxBuffer: 64 * 1024 * 1024 }).toString().split('\0').filter((file) => file !== '');
  for (const file of files) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file), { verbatimSymlinks: true });
  }
  const how = statSync(copy).dev === statSync(root).dev ? '-al' : '-a';
  // The links of the workspaces in it are relative: they lead into the copy. What belongs to one alone lies in its own folder.
  for (const installed of globSync(['node_modules', 'dev/node_modules', '{apps,packages}/*/node_modules'], { cwd: root })) execFileSync('cp', [how, join(root, installed), join(copy, installed)]);
  return {
    root: copy,
    change(file, text, instead) {
      const path = join(copy, file);
      const before = readFileSync(path, 'utf8');
      if (before.split(text).length !== 2) throw new Error(`${file} has not once: ${text}`);
      writeFileSync(path, before.replace(text, () => instead));
      return { [Symbol.dispose]: () => { writeFileSync(path, before); } };
    },
    keep(files) {
      const before = files.map((file) => [join(copy, file), readFileSync(join(copy, file))] as const);
      return { [Symbol.dispose]: () => { for (const [path, bytes] of before) writeFileSync(path, bytes); } };
    },
    [Symbol.dispose]: () => { rmSync(copy, { recursive: true, force: true }); },
  };
}
