import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DoubloonError } from '@doubloon/errors';

/** One migration: a pair of files `000001_name.up.sql` and `000001_name.down.sql`. */
export interface MigrationFile {
  version: number;
  /** `000001_name`, as it stands in the history. */
  name: string;
}

/** The folder of an app's migrations: `migrations/<app>` of this repository. */
export const migrationsFolder = (app: string): string => fileURLToPath(new URL(`../../../migrations/${app}`, import.meta.url));

const fileName = /^(\d{6})_([a-z0-9]+(?:_[a-z0-9]+)*)\.(up|down)\.sql$/;
const transactionControl = /^\s*(begin|commit|rollback|start\s+transaction|end)\b\s*(transaction|work)?\s*;/im;
const outsideTransaction = /\bconcurrently\b/i;

/** The problem with the content of one file, if there is one. */
function contentProblem(file: string, sql: string): string | undefined {
  const code = sql.replace(/--.*$/gm, '').replace(/\/\*[\s\S]*?\*\//g, '');
  // An empty down file is worse than none: the runner would try to turn the up file around.
  if (code.trim() === '') return `${file} is empty`;
  if (transactionControl.test(code)) return `${file} begins or ends a transaction: the runner does that`;
  if (outsideTransaction.test(code)) return `${file} says CONCURRENTLY, which can't run in a transaction`;
  return undefined;
}

/**
 * Reads the folder in order and holds it to the law of file names: golang-migrate's layout, six digits from 000001 without
 * gaps, pairs, nothing empty, nothing else in the folder. Rejects with `MIGRATIONS_INVALID` and every problem.
 */
export async function readMigrations(folder: string): Promise<MigrationFile[]> {
  const files = (await readdir(folder).catch(() => [])).filter((file) => !file.startsWith('.')).sort();
  const problems: string[] = files.length === 0 ? ['there are no files'] : [];
  const found = new Map<number, Map<string, string>>();
  for (const file of files) {
    const [, digits = '', title = '', direction = ''] = fileName.exec(file) ?? [];
    if (digits === '') {
      problems.push(`${file} is not named like 000001_name.up.sql`);
      continue;
    }
    const problem = contentProblem(file, await readFile(join(folder, file), 'utf8'));
    if (problem !== undefined) problems.push(problem);
    const version = Number(digits);
    const pair = found.get(version) ?? new Map<string, string>();
    if (pair.has(direction)) problems.push(`${file} has the number of ${pair.get(direction) ?? ''}_${direction}`);
    found.set(version, pair.set(direction, `${digits}_${title}`));
  }
  const migrations = [...found].map(([version, pair], index) => {
    const name = pair.get('up') ?? pair.get('down') ?? '';
    if (version !== index + 1) problems.push(`${name} should have the number ${String(index + 1).padStart(6, '0')}`);
    if (pair.get('up') !== pair.get('down')) problems.push(`${name} is not a pair of up and down`);
    return { version, name };
  });
  if (problems.length > 0) throw new DoubloonError('MIGRATIONS_INVALID', { folder, problems });
  return migrations;
}
