import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ignores } from './docker-ignore.ts';

// Never sent, and too large to be asked about file by file.
const skipped = new Set(['node_modules', '.git', 'target']);

/** Copies what a builder would be sent of this repository, by its .dockerignore. */
export function copyContext(repository: string, to: string): void {
  const rules = readFileSync(join(repository, '.dockerignore'), 'utf8');
  const copy = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const inside = relative(repository, path);
      if (entry.isDirectory() && !skipped.has(entry.name)) copy(path);
      else if (entry.isFile() && !ignores(rules, inside)) cpSync(path, join(to, inside));
    }
  };
  copy(repository);
}
