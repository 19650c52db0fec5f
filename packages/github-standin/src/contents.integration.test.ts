import { expect, onTestFinished, test } from 'vitest';
import { startReceiver } from '../testing/receiver.ts';
import { difference, installationClient, openStandin, personClient, secret } from '../testing/standin.ts';
import { webhookProblems } from '../testing/webhook-schemas.ts';
import { appPermissions } from './seed.ts';
import type { GitHubStandin, GitHubStandinOptions } from './index.ts';

const repository = 'analytical-engines/difference';
const contents = 'GET /repos/{owner}/{repo}/contents/{path}';
const rules = '.github/doubloon.yml';
const at = { ...difference, path: rules };

async function conforming(o: Partial<GitHubStandinOptions> = {}): Promise<GitHubStandin> {
  const standin = await openStandin(o);
  onTestFinished(() => { standin.assertConforms(); });
  return standin;
}
const textOf = (data: unknown): string => Buffer.from((data as { content: string }).content, 'base64').toString('utf8');

test('a file is read by path from the default branch or another, with git\'s own name', async () => {
  const standin = await conforming();
  const app = installationClient(standin);
  await expect(app.request(contents, at)).rejects.toMatchObject({ status: 404 });
  standin.push({ repository, files: { [rules]: 'roles: {}\n' } });
  standin.push({ repository, files: { [rules]: 'roles: other\n' }, branch: 'try' });
  const { data } = await app.request(contents, at);
  // `printf 'roles: {}\n' | git hash-object --stdin`
  expect(data).toMatchObject({ type: 'file', path: rules, name: 'doubloon.yml', encoding: 'base64', size: 10, sha: '36a32e652e84cc285e3364b08ee2cbaa046ac5e9' });
  expect(textOf(data)).toBe('roles: {}\n');
  expect(textOf((await app.request(contents, { ...at, ref: 'try' })).data)).toBe('roles: other\n');
  standin.setDefaultBranch(repository, 'try');
  expect(textOf((await app.request(contents, at)).data)).toBe('roles: other\n');
  expect((await app.request('GET /repos/{owner}/{repo}', difference)).data.default_branch).toBe('try');
  await expect(app.request(contents, { ...at, ref: 'none' })).rejects.toMatchObject({ status: 404, message: expect.stringContaining('No commit found for the ref none') as string });
  const { repositoryId } = standin.issue(repository, 1);
  for (const path of [`/repos/${repository}/contents/${rules}`, `/repositories/${String(repositoryId)}/contents/${rules}`, `/repos/${repository}/contents/.github%2Fdoubloon.yml`])
    expect([path, (await fetch(standin.apiUrl + path, { headers: { 'user-agent': 'tests' } })).status]).toEqual([path, 200]);
});

test('an unchanged file is 304 and costs nothing, and a changed one is new', async () => {
  const standin = await conforming();
  standin.push({ repository, files: { [rules]: 'one\n' } });
  const app = installationClient(standin);
  const { headers } = await app.request(contents, at);
  const again = () => app.request(contents, { ...at, headers: { 'if-none-match': headers.etag ?? '' } }).then(() => undefined, (error: unknown) => error as { status: number; response: { headers: Record<string, string> } });
  standin.push({ repository, files: { 'README.md': 'another file\n' } });
  const answer = await again();
  expect([answer?.status, answer?.response.headers['x-ratelimit-remaining']]).toEqual([304, headers['x-ratelimit-remaining']]);
  standin.push({ repository, files: { [rules]: 'two\n' } });
  expect(await again()).toBeUndefined();
  standin.push({ repository, files: { [rules]: null } });
  expect((await again())?.status).toBe(404);
});

test('folders, links, submodules and large files are what GitHub makes of them', async () => {
  const standin = await conforming();
  const sha = 'a'.repeat(40);
  standin.push({ repository, files: { [rules]: 'roles: {}\n', 'LINK.yml': { symlink: '.github/doubloon.yml' }, 'away': { symlink: '../outside' }, 'lib/wheel': { submodule: 'https://github.com/x/wheel.git', sha }, 'large.bin': 'x'.repeat(1_048_577) } });
  const app = installationClient(standin);
  const read = async (path: string) => (await app.request(contents, { ...difference, path })).data;
  expect(await read('LINK.yml')).toMatchObject({ type: 'file', path: 'LINK.yml', encoding: 'base64' });
  expect(await read('away')).toMatchObject({ type: 'symlink', target: '../outside' });
  expect(await read('lib/wheel')).toMatchObject({ type: 'submodule', submodule_git_url: 'https://github.com/x/wheel.git', sha, download_url: null });
  expect(await read('large.bin')).toMatchObject({ type: 'file', encoding: 'none', content: '', size: 1_048_577 });
  const raw = await fetch(`${standin.apiUrl}/repos/${repository}/contents/large.bin`, { headers: { 'user-agent': 'tests', accept: 'application/vnd.github.raw+json' } });
  expect([raw.status, (await raw.text()).length]).toEqual([200, 1_048_577]);
  const rows = async (path: string) => ((await read(path)) as { type: string; name: string }[]).map(({ type, name }) => `${type} ${name}`);
  expect(await rows('.github')).toEqual(['file doubloon.yml']);
  expect(await rows('lib')).toEqual(['file wheel']);
  expect(await rows('')).toEqual(['dir .github', 'symlink LINK.yml', 'file README.md', 'symlink away', 'file large.bin', 'dir lib']);
});

test('a private repository\'s file is for those who see it', async () => {
  const standin = await conforming({ repositories: [{ owner: 'ada', name: 'secrets', private: true, files: { [rules]: 'x' } }] });
  const path = { owner: 'ada', repo: 'secrets', path: rules };
  expect(textOf((await installationClient(standin).request(contents, path)).data)).toBe('x');
  await expect(personClient(standin, 'grace').request(contents, path)).rejects.toMatchObject({ status: 404 });
});

test('a push is told in GitHub\'s words to an App that wants to know', async () => {
  const receiver = await startReceiver();
  const standin = await conforming({ webhook: { url: receiver.url, secret }, app: { events: ['push'], permissions: appPermissions } });
  const first = standin.push({ repository, files: { [rules]: 'one\n' }, by: 'grace', message: 'Set rules' });
  const second = standin.push({ repository, files: { [rules]: 'two\n', 'README.md': null }, by: 'grace' });
  standin.push({ repository, files: { new: 'x' }, branch: 'try', by: 'grace' });
  await standin.delivered();
  for (const { payload } of receiver.received) expect(webhookProblems('push', null, payload)).toEqual([]);
  expect(receiver.received.map(({ payload }) => [payload['ref'], payload['created']])).toEqual([['refs/heads/main', false], ['refs/heads/main', false], ['refs/heads/try', true]]);
  expect(receiver.received[1]?.payload).toMatchObject({ before: first.sha, after: second.sha, head_commit: { modified: [rules], removed: ['README.md'], added: [] }, sender: { login: 'grace' } });
});
