import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { migrationsFolder, readMigrations } from './migration-files.ts';

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'doubloon-migrations-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

const pair = (name: string, up = 'select 1;'): Record<string, string> => ({ [`${name}.up.sql`]: up, [`${name}.down.sql`]: 'select 1;' });

const folders = (await readdir(migrationsFolder('.'), { withFileTypes: true })).filter((it) => it.isDirectory()).map(({ name }) => name);

test.each(folders)('the migrations of %s keep the law of file names', async (app) => {
  expect((await readMigrations(migrationsFolder(app))).length).toBeGreaterThan(0);
});

test.each(['github-app', 'identity', 'treasury'])('the first migration of %s is the text that all apps share', async (app) => {
  for (const file of ['000001_inbox_and_outbox.up.sql', '000001_inbox_and_outbox.down.sql']) {
    expect(await readFile(join(migrationsFolder(app), file), 'utf8')).toBe(await readFile(join(migrationsFolder('treasury'), file), 'utf8'));
  }
});

test('reads pairs in order', async () => {
  const folder = await folderWith({ ...pair('000002_second'), ...pair('000001_first'), '.editor-swap': '' });
  expect(await readMigrations(folder)).toEqual([{ version: 1, name: '000001_first' }, { version: 2, name: '000002_second' }]);
});

test.each<[string, Record<string, string>, string]>([
  ['a gap', { ...pair('000001_a'), ...pair('000003_c') }, '000003_c should have the number 000002'],
  ['a start above one', pair('000002_b'), '000002_b should have the number 000001'],
  ['a missing down file', { '000001_a.up.sql': 'select 1' }, '000001_a is not a pair'],
  ['a down file alone', { '000001_a.down.sql': 'select 1' }, '000001_a is not a pair'],
  ['a pair with two names', { '000001_a.up.sql': 'select 1', '000001_b.down.sql': 'select 1' }, 'is not a pair'],
  ['one number twice', { ...pair('000001_a'), ...pair('000001_b') }, 'has the number of 000001_a'],
  // An empty down file makes node-pg-migrate turn the up file around.
  ['an empty file', { ...pair('000001_a'), '000001_a.down.sql': '' }, '000001_a.down.sql is empty'],
  ['a file with nothing but a comment', { ...pair('000001_a'), '000001_a.down.sql': '-- later\n' }, '000001_a.down.sql is empty'],
  ['a single file', { '000001_a.sql': 'select 1' }, '000001_a.sql is not named like'],
  ['five digits', pair('00001_a'), 'is not named like'],
  ['capitals', pair('000001_Init'), 'is not named like'],
  ['another file', { ...pair('000001_a'), 'notes.txt': '' }, 'notes.txt is not named like'],
  ['its own transaction', pair('000001_a', 'create table a ();\nCOMMIT;\nbegin;'), 'begins or ends a transaction'],
  ['an index built outside of one', pair('000001_a', 'create index concurrently i on a (b);'), 'says CONCURRENTLY'],
  ['nothing', {}, 'there are no files'],
])('refuses a folder with %s', async (_what, files, problem) => {
  await expect(readMigrations(await folderWith(files))).rejects.toMatchObject({
    code: 'MIGRATIONS_INVALID', facts: { problems: expect.arrayContaining([expect.stringContaining(problem)]) as string[] },
  });
});

test('says every problem at once', async () => {
  const folder = await folderWith({ 'x.sql': '', '000002_b.up.sql': '' });
  await expect(readMigrations(folder)).rejects.toMatchObject({ facts: { problems: { length: 4 } } });
});

test('refuses a folder that does not exist', async () => {
  await expect(readMigrations(join(tmpdir(), 'doubloon-no-such-folder'))).rejects.toMatchObject({ code: 'MIGRATIONS_INVALID' });
});

test('a function body may begin and end', async () => {
  const body = 'create function f() returns int language plpgsql as $$ begin return 1; end $$;';
  await expect(readMigrations(await folderWith(pair('000001_f', body)))).resolves.toHaveLength(1);
});
