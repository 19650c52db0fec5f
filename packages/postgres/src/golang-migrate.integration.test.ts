import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { readCatalog } from '../testing/catalog.ts';
import { silent as log, testDatabase } from '../testing/index.ts';
import { migrate, migrationsFolder } from './index.ts';

const run = promisify(execFile);
const program = 'github.com/golang-migrate/migrate/v4/cmd/migrate@v4.20.1';
let binary: string | undefined;
let missing = '';

/** Builds the official program, the oracle for the layout of our folders. */
beforeAll(async () => {
  const bin = await mkdtemp(join(tmpdir(), 'doubloon-gobin-'));
  try {
    await run('go', ['version']).catch(() => Promise.reject(new Error('go is not installed')));
    await run('go', ['install', '-tags', 'postgres', program], { env: { ...process.env, GOBIN: bin, GOFLAGS: '-mod=mod' } }).catch((error: unknown) => {
      if (process.env['CI'] === 'true') throw error;
      missing = `${program} could not be built`;
    });
    if (missing === '') binary = join(bin, 'migrate');
  } catch (error) {
    if (!(error instanceof Error) || error.message !== 'go is not installed') throw error;
    missing = error.message;
  }
  if (missing !== '') process.stderr.write(`SKIPPED: our migrations are not run by the official migrate program: ${missing}\n`);
  return () => rm(bin, { recursive: true, force: true });
}, 300_000);

const folders = (await readdir(migrationsFolder('.'), { withFileTypes: true })).filter((it) => it.isDirectory()).map(({ name }) => name);

test.for(folders)('the official migrate program takes %s up, down and up, to the same schema as ours', async (app, { skip }) => {
  if (binary === undefined) return skip(missing);
  const ours = await testDatabase();
  await migrate({ url: ours.url, folder: migrationsFolder(app), log });
  const schema = await readCatalog(ours.pool);
  const theirs = await testDatabase();
  const official = (...steps: string[]) => run(binary ?? '', ['-path', migrationsFolder(app), '-database', `${theirs.url}?sslmode=disable`, ...steps]);
  const catalog = async (): Promise<string[]> => (await readCatalog(theirs.pool)).filter((line) => !line.includes('schema_migrations'));
  await official('up');
  expect(await catalog()).toEqual(schema);
  await official('down', '-all');
  expect((await catalog()).filter((line) => !line.startsWith('schema '))).toEqual([]);
  await official('up');
  expect(await catalog()).toEqual(schema);
  expect((await theirs.pool.query<{ dirty: boolean }>('select dirty from schema_migrations')).rows).toEqual([{ dirty: false }]);
});
