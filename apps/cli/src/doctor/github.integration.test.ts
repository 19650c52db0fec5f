import { generateKeyPairSync } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { startGitHubStandin, type GitHubStandinOptions } from '@doubloon/github-standin';
import { neededEvents, neededPermissions } from '../github/needs.ts';
import type { Finding } from './finding.ts';
import { checkGitHub } from './github.ts';

// One for all: making a key takes a while.
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs1', format: 'pem' } });
const secret = 'a secret of the webhook, long enough';

async function look(app: GitHubStandinOptions['app'] & object, webhook: GitHubStandinOptions['webhook'] = { url: 'http://127.0.0.1:9/webhooks', secret }): Promise<readonly Finding[]> {
  const github = await startGitHubStandin({ app: { ...app, privateKey }, webhook });
  onTestFinished(async () => { await github.close(); });
  const env = { GITHUB_API_URL: github.apiUrl, GITHUB_APP_ID: String(github.app.id), GITHUB_APP_PRIVATE_KEY: privateKey, GITHUB_APP_WEBHOOK_SECRET: secret };
  const found = await checkGitHub({ apps: { 'github-app': env }, now: () => new Date() });
  github.assertConforms();
  return found.filter(({ state }) => state !== 'ok');
}

test('an App as setup makes it is well', async () => {
  expect(await look({ permissions: neededPermissions, events: neededEvents })).toEqual([]);
});

test.each(Object.keys(neededPermissions).filter((name) => name !== 'metadata') as (keyof typeof neededPermissions)[])('an App without the permission %s is told to get it', async (name) => {
  const { [name]: level, ...others } = neededPermissions;
  expect(await look({ permissions: others, events: neededEvents })).toEqual([expect.objectContaining({ check: 'github.permissions', state: 'fail', says: `The App lacks ${name}: ${level}.`, remedy: expect.stringContaining('accept it in each installation') as string })]);
});

test('to read is not enough where it has to write, and to write is enough to read', async () => {
  expect((await look({ permissions: { ...neededPermissions, issues: 'read' }, events: neededEvents }))[0]?.says).toBe('The App lacks issues: write.');
  expect(await look({ permissions: { ...neededPermissions, contents: 'write' }, events: neededEvents })).toEqual([]);
});

test('an App that is not told of everything is told of what', async () => {
  expect(await look({ events: neededEvents.filter((event) => event !== 'issue_comment') })).toEqual([expect.objectContaining({ check: 'github.events', says: 'The App is not told of issue_comment.' })]);
});

test('a webhook that leads elsewhere than to /webhooks deserves a look', async () => {
  expect(await look({}, { url: 'http://127.0.0.1:9/hook', secret })).toEqual([expect.objectContaining({ check: 'github.webhook', state: 'warn' })]);
});
