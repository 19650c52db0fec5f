import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import { schemaVersion } from './index.ts';

const program = fileURLToPath(new URL('migrate-main.ts', import.meta.url));
const run = (args: string[], env: Record<string, string>) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env: { PATH: process.env['PATH'], ...env } });

test('the command goes up, down and to a version, with the URL from the environment or from a file', async () => {
  const { url, pool } = await testDatabase();
  const up = run(['identity', 'up'], { DATABASE_URL: url });
  expect(up).toMatchObject({ status: 0, stderr: '' });
  for (const line of up.stdout.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ level: 'info' });
  const version = await schemaVersion(pool);
  expect(version).toBeGreaterThan(0);
  const directory = await mkdtemp(join(tmpdir(), 'doubloon-migrate-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'url'), `${url}\n`);
  expect(run(['identity', 'down'], { DATABASE_URL_FILE: join(directory, 'url') }).status).toBe(0);
  expect(await schemaVersion(pool)).toBe(version - 1);
  expect(run(['identity', '0'], { DATABASE_URL: url }).status).toBe(0);
  expect(await schemaVersion(pool)).toBe(0);
});

test('a wrong call changes nothing and says how it is meant, a failure says which one, and neither tells the password', async () => {
  const { url, pool } = await testDatabase();
  for (const args of [[], ['identity'], ['identity', 'sideways'], ['../../etc', 'up'], ['identity', '-1']]) {
    expect(run(args, { DATABASE_URL: url })).toMatchObject({ status: 2, stderr: expect.stringContaining('usage') as string });
  }
  expect(run(['identity', 'up'], {})).toMatchObject({ status: 2 });
  const failed = run(['no-such-app', 'up'], { DATABASE_URL: url });
  expect(failed.status).toBe(1);
  expect(failed.stdout).toContain('MIGRATIONS_INVALID');
  const unreachable = run(['identity', 'up'], { DATABASE_URL: 'postgres://postgres:secret-word@127.0.0.1:1/none' });
  expect(unreachable.status).toBe(1);
  expect(unreachable.stdout + unreachable.stderr).not.toContain('secret-word');
  expect(await schemaVersion(pool)).toBe(0);
});
