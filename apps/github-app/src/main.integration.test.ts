import { join } from 'node:path';
import { startGitHubStandin } from '@doubloon/github-standin';
import { migrationsFolder } from '@doubloon/postgres';
import { testDatabase } from '@doubloon/postgres/testing';
import { newServiceToken } from '@doubloon/rpc';
import { startProcess } from '@doubloon/service/testing';
import { expect, onTestFinished, test } from 'vitest';
import { deliver, secret } from '../testing/deliver.ts';

const start = (env: Record<string, string>) => startProcess(join(import.meta.dirname, 'main.ts'), env);
const denomsFile = join(import.meta.dirname, '../../../packages/domain/denoms/localnet.json');

async function settings(folder?: string) {
  const github = await startGitHubStandin({ webhook: { secret } });
  onTestFinished(() => github.close());
  const [database, log] = await Promise.all([testDatabase(folder), testDatabase(migrationsFolder('event-log'))]);
  const env = {
    DATABASE_URL: database.url, EVENT_LOG_URL: log.url, DENOMS_FILE: denomsFile, GITHUB_API_URL: github.apiUrl, GITHUB_APP_ID: String(github.app.id), GITHUB_APP_PRIVATE_KEY: github.app.privateKey,
    GITHUB_APP_WEBHOOK_SECRET: secret, GITHUB_APP_TREASURY_URL: 'http://127.0.0.1:9', GITHUB_APP_TREASURY_TOKEN: newServiceToken().token, GITHUB_APP_IDENTITY_URL: 'http://127.0.0.1:9', GITHUB_APP_IDENTITY_TOKEN: newServiceToken().token,
  };
  return { env, github, pool: database.pool };
}

test('everything that is wrong with its configuration is listed, without a value', async () => {
  const service = start({
    DATABASE_URL: 'postgres://u:hunter2@db/x', EVENT_LOG_URL: 'redis://hunter2', DENOMS_FILE: denomsFile, GITHUB_APP_ID: 'hunter2', GITHUB_APP_PRIVATE_KEY: 'hunter2', GITHUB_APP_WEBHOOK_SECRET: 'hunter2',
    GITHUB_APP_TREASURY_URL: 'http://x', GITHUB_APP_WEBHOOK_SECRETS: 'hunter2',
  });
  await expect(service.ended).resolves.toBe(1);
  expect(service.stderr()).not.toContain('hunter2');
  expect(service.stderr().split('\n').map((line) => line.trim()).filter((line) => /^[A-Z_]+ /.test(line))).toEqual([
    'EVENT_LOG_URL is not a URL that begins with kafka:// or postgres:// or postgresql://',
    'GITHUB_APP_ID is not a whole number from 1 to 9007199254740991',
    'GITHUB_APP_PRIVATE_KEY is not an RSA private key in PEM',
    'GITHUB_APP_WEBHOOK_SECRET has fewer than 32 characters',
    'GITHUB_APP_TREASURY_TOKEN is missing',
    'GITHUB_APP_IDENTITY_URL is missing',
    'GITHUB_APP_IDENTITY_TOKEN is missing',
    'GITHUB_APP_WEBHOOK_SECRETS is not a setting, the nearest is GITHUB_APP_WEBHOOK_SECRET',
  ]);
});

test.each([
  ['a secret: there is none to fall back on', 'GITHUB_APP_WEBHOOK_SECRET'],
  ['the identity service: without it nobody would ask what the rules of a repository allow', 'GITHUB_APP_IDENTITY_URL'],
] as const)('it does not start without %s', async (_, name) => {
  const { env } = await settings(migrationsFolder('github-app'));
  const service = start(Object.fromEntries(Object.entries(env).filter(([key]) => key !== name)));
  await expect(service.ended).resolves.toBe(1);
  expect(service.stderr()).toContain(`${name} is missing`);
});

test('a database that was never migrated is a failed start with a sentence', async () => {
  const { env } = await settings();
  const service = start(env);
  await expect(service.ended).resolves.toBe(1);
  expect(service.stderr()).toMatch(/^github-app failed: The database schema is at version 0, this program needs \d+: run the migrations first\.\n$/);
});

test('with the identity service and the treasury away deliveries are taken, what they ask for waits, no offer is made unasked, and a stop still leaves with 0', async () => {
  const { env, github, pool } = await settings(migrationsFolder('github-app'));
  const service = start(env);
  const { url } = await service.logged('listening');
  await service.logged('started');
  await expect.poll(() => service.probe('/readyz')).toBe(200);
  github.setWebhook(String(url), secret);
  github.comment('ada', 'analytical-engines/difference', 1, '$sol:0.5$');
  await service.logged('issue will be tended again');
  expect((await deliver(String(url))).status).toBe(202);
  service.kill('SIGTERM');
  await expect(service.ended).resolves.toBe(0);
  const { rows } = await pool.query<{ kind: string; problem: string; done: boolean }>("select work->>'kind' as kind, problem, done_at is not null as done from intent order by position");
  expect(rows).toEqual([{ kind: 'open', problem: "The identity service can't be reached at the moment.", done: false }, { kind: 'eyes', problem: null, done: false }]);
  expect(JSON.stringify(service.lines)).not.toContain(secret);
  expect(JSON.stringify(service.lines)).not.toContain(env.GITHUB_APP_TREASURY_TOKEN);
  expect(JSON.stringify(service.lines)).not.toContain('PRIVATE KEY');
  github.assertConforms();
});

test('with GitHub away it is ready, says so, and takes deliveries', async () => {
  const { env, pool } = await settings(migrationsFolder('github-app'));
  const service = start({ ...env, GITHUB_API_URL: 'http://127.0.0.1:9' });
  const { url } = await service.logged('listening');
  const { internal } = await service.logged('starting');
  const ready = async () => (await fetch(`${String(internal)}/readyz`)).json();
  await expect.poll(ready).toMatchObject({ ok: true, dependencies: { database: { ok: true, needed: true }, github: { ok: false, needed: false } } });
  expect((await deliver(String(url))).status).toBe(202);
  expect((await pool.query('select from inbox')).rowCount).toBe(1);
});
