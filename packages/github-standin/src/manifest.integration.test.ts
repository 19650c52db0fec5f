import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/core';
import { Webhooks } from '@octokit/webhooks';
import { expect, onTestFinished, test } from 'vitest';
import { startReceiver } from '../testing/receiver.ts';
import { difference, movableClock, openStandin } from '../testing/standin.ts';
import { webhookProblems } from '../testing/webhook-schemas.ts';
import { startGitHubStandin, type GitHubStandin, type GitHubStandinOptions } from './index.ts';

const redirect = 'http://127.0.0.1:5000/made';
const manifestFor = (hook: string, over: object = {}): string => JSON.stringify({
  name: 'Doubloon of mine', url: 'https://doubloon.example', hook_attributes: { url: hook }, redirect_url: redirect, callback_urls: ['https://doubloon.example/callback'], public: true,
  default_permissions: { issues: 'write', pull_requests: 'write', contents: 'read', metadata: 'read' }, default_events: ['issues', 'issue_comment'], ...over,
});

/** One without an App, as before a setup. */
async function emptyStandin(o: Partial<GitHubStandinOptions> = {}): Promise<GitHubStandin> {
  const standin = await startGitHubStandin({ app: false, ...o });
  onTestFinished(async () => { await standin.close(); standin.assertConforms(); });
  return standin;
}
const send = async (url: string, fields: Record<string, string>, user = 'linus', headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers: { cookie: `standin_user=${user}`, ...headers }, redirect: 'manual' });
const convert = async (standin: GitHubStandin, code: string): Promise<Response> => fetch(`${standin.apiUrl}/app-manifests/${code}/conversions`, { method: 'POST', headers: { 'user-agent': 'tests' } });
interface Made { id: number; slug: string; client_id: string; client_secret: string; webhook_secret: string; pem: string; html_url: string; owner: { login: string } }
const codeOf = (url: string): string => new URL(url).searchParams.get('code') ?? '';
const appOf = (standin: GitHubStandin, made: Made, installationId?: number) => new Octokit({ baseUrl: standin.apiUrl, authStrategy: createAppAuth, auth: { appId: made.id, privateKey: made.pem, ...(installationId === undefined ? {} : { installationId }) } });

test('an App registered by the pages works like any other: its key, its installation, its webhooks with its secret, its log', async () => {
  const receiver = await startReceiver();
  const standin = await emptyStandin();
  expect(() => standin.app).toThrow('there is no App yet');
  // From another site, as a setup page is: it only brings the manifest.
  const brought = await send(`${standin.url}/organizations/analytical-engines/settings/apps/new?state=of+the+test`, { manifest: manifestFor(receiver.url) }, 'linus', { 'sec-fetch-site': 'cross-site' });
  const confirm = new URL(brought.headers.get('location') ?? '', standin.url).href;
  const page = await fetch(confirm, { headers: { cookie: 'standin_user=linus' } });
  const text = await page.text();
  expect([brought.status, page.status, text.includes('<button class="go">Create GitHub App</button>'), text.includes('value="Doubloon of mine"')]).toEqual([303, 200, true, true]);
  expect(page.headers.get('content-security-policy')).toContain("form-action 'self' http://127.0.0.1:5000;");
  const said = await send(`${standin.url}/settings/apps/manifest`, { pending: new URL(confirm).searchParams.get('pending') ?? '', name: 'Doubloon of mine' }, 'linus', { 'sec-fetch-site': 'same-origin' });
  const back = new URL(said.headers.get('location') ?? '');
  expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([redirect, 'of the test']);

  const converted = await convert(standin, codeOf(back.href));
  const made = (await converted.json()) as Made;
  expect(converted.status).toBe(201);
  expect(made).toMatchObject({ slug: 'doubloon-of-mine', owner: { login: 'analytical-engines' }, html_url: `${standin.url}/apps/doubloon-of-mine`, pem: expect.stringContaining('BEGIN RSA PRIVATE KEY') as string });
  expect(standin.app).toMatchObject({ id: made.id, clientId: made.client_id, clientSecret: made.client_secret, privateKey: made.pem });
  expect((await convert(standin, codeOf(back.href))).status).toBe(404);

  const { repositoryId } = standin.issue('analytical-engines/difference', 1);
  const install = await fetch(`${standin.url}/apps/${made.slug}/installations/new`, { headers: { cookie: 'standin_user=linus' } });
  expect(await install.text()).toContain('Install<span class="unseen"> for analytical-engines</span>');
  expect((await send(`${standin.url}/apps/${made.slug}/installations/new`, { owner: 'analytical-engines', repository: String(repositoryId) })).status).toBe(303);
  const { data: installations } = await appOf(standin, made).request('GET /app/installations');
  expect(installations).toHaveLength(1);
  const client = appOf(standin, made, installations[0]?.id ?? 0);
  expect((await client.request('GET /installation/repositories')).data.repositories.map((it) => it.name)).toEqual(['difference']);

  standin.comment('ada', 'analytical-engines/difference', 1, 'seen');
  standin.comment('ada', 'analytical-engines/punched-cards', 1, 'not seen');
  await standin.delivered();
  expect(receiver.received.map(({ headers, payload }) => [headers['x-github-event'], payload['action']])).toEqual([['ping', undefined], ['installation', 'created'], ['issue_comment', 'created']]);
  for (const { headers, payload, text: sent } of receiver.received) {
    expect(await new Webhooks({ secret: made.webhook_secret }).verify(sent, headers['x-hub-signature-256'] ?? '')).toBe(true);
    expect(webhookProblems(headers['x-github-event'] ?? '', (payload['action'] as string | undefined) ?? null, payload)).toEqual([]);
  }
  const { data: log } = await appOf(standin, made).request('GET /app/hook/deliveries');
  expect(log.map((it) => it.event)).toEqual(['issue_comment', 'installation', 'ping']);
});

test('the hand does what the pages do, and a second App has its own key, secret and log', async () => {
  const [one, two] = [await startReceiver(), await startReceiver()];
  const standin = await openStandin({ webhook: { url: one.url, secret: 'of the first App' } });
  const to = await standin.register({ user: 'ada', url: `${standin.url}/settings/apps/new?state=s`, manifest: manifestFor(two.url, { name: undefined }), name: 'Second' });
  const made = (await (await convert(standin, codeOf(to))).json()) as Made;
  expect(made).toMatchObject({ slug: 'second', owner: { login: 'ada' } });
  const { installationId } = standin.install({ user: 'linus', app: 'second', owner: 'analytical-engines', repositories: ['analytical-engines/difference'] });
  expect((await appOf(standin, made, installationId).request('GET /repos/{owner}/{repo}/issues/{issue_number}', { ...difference, issue_number: 1 })).status).toBe(200);
  standin.comment('ada', 'analytical-engines/difference', 1, 'both hear');
  await standin.delivered();
  expect([one.received.length, two.received.length]).toEqual([1, 3]);
  expect(await new Webhooks({ secret: 'of the first App' }).verify(two.received[2]?.text ?? '', two.received[2]?.headers['x-hub-signature-256'] ?? '')).toBe(false);
  await expect(appOf(standin, { ...made, pem: standin.app.privateKey }).request('GET /app')).rejects.toMatchObject({ status: 401 });
  await expect(appOf(standin, made, standin.installationId).request('GET /installation/repositories')).rejects.toMatchObject({ status: 404 });
  expect((await new Octokit({ baseUrl: standin.apiUrl }).request('GET /apps/{app_slug}', { app_slug: 'second' })).data?.id).toBe(made.id);
});

test('the code works for an hour, and the name of an App is nobody else\'s', async () => {
  const clock = movableClock();
  const standin = await emptyStandin({ now: clock.now });
  const register = async (over: object = {}, user = 'ada') => standin.register({ user, url: `${standin.url}/settings/apps/new`, manifest: manifestFor('http://127.0.0.1:1', over) });
  const first = codeOf(await register());
  clock.advance(3_600_000);
  expect((await convert(standin, first)).status).toBe(404);
  await expect(register({ name: 'doubloon of MINE' })).rejects.toThrow('Name has already been taken.');
  await expect(register({ name: 'grace' })).rejects.toThrow('reserved for the account @grace');
  await expect(register({ name: 'x'.repeat(35) })).rejects.toThrow('too long');
  expect(new URL(await register({ name: 'ada' })).searchParams.has('state')).toBe(false);
  await expect(standin.register({ user: 'maggie', url: `${standin.url}/organizations/analytical-engines/settings/apps/new`, manifest: manifestFor('http://127.0.0.1:1') })).rejects.toThrow('may register no App');
});

test('a wrong manifest is a page that says all that is wrong, and a private App is its owner\'s only', async () => {
  const standin = await emptyStandin();
  const wrong = await send(`${standin.url}/settings/apps/new`, { manifest: manifestFor('nowhere', { default_events: ['bounty'] }) });
  const text = await wrong.text();
  expect([wrong.status, text.includes('Hook url is not a URL.'), text.includes('Default events unsupported: bounty.')]).toEqual([422, true, true]);
  await standin.register({ user: 'ada', url: `${standin.url}/settings/apps/new`, manifest: manifestFor('http://127.0.0.1:1', { public: false, setup_url: 'https://doubloon.example/setup' }) });
  expect(() => standin.install({ user: 'linus', app: 'doubloon-of-mine', owner: 'analytical-engines' })).toThrow('for ada only');
  expect((await send(`${standin.url}/apps/doubloon-of-mine/installations/new`, { owner: 'analytical-engines' })).status).toBe(403);
  const { installationId, goesTo } = standin.install({ user: 'ada', app: 'doubloon-of-mine', owner: 'ada' });
  expect(goesTo).toBe(`https://doubloon.example/setup?installation_id=${String(installationId)}&setup_action=install`);
});

test('a suspended installation may do nothing, a deselected repository is not seen, and an uninstalled App has no token', async () => {
  const receiver = await startReceiver();
  const standin = await emptyStandin();
  const to = await standin.register({ user: 'linus', url: `${standin.url}/organizations/analytical-engines/settings/apps/new`, manifest: manifestFor(receiver.url) });
  const made = (await (await convert(standin, codeOf(to))).json()) as Made;
  const install = (repositories?: string[]) => standin.install({ user: 'linus', app: made.slug, owner: 'analytical-engines', ...(repositories === undefined ? {} : { repositories }) });
  const { installationId } = install();
  const client = appOf(standin, made, installationId);
  const comment = () => client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...difference, issue_number: 1, body: 'x' });
  expect((await comment()).status).toBe(201);
  standin.suspendInstallation(made.slug, 'analytical-engines');
  await expect(comment()).rejects.toMatchObject({ status: 403, message: expect.stringContaining('This installation has been suspended') as string });
  expect((await appOf(standin, made).request('GET /app/installations/{installation_id}', { installation_id: installationId })).data.suspended_by).toMatchObject({ login: 'analytical-engines' });
  standin.comment('ada', 'analytical-engines/difference', 1, 'not heard');
  standin.suspendInstallation(made.slug, 'analytical-engines', false);
  install(['analytical-engines/punched-cards']);
  await expect(comment()).rejects.toMatchObject({ status: 403 });
  const { token } = (await client.auth({ type: 'installation' })) as { token: string };
  standin.uninstall(made.slug, 'analytical-engines');
  // Octokit would try again for a while: a new token may be unknown to a copy that lags.
  expect((await fetch(`${standin.apiUrl}/installation/repositories`, { headers: { 'user-agent': 'tests', authorization: `Bearer ${token}` } })).status).toBe(401);
  await standin.delivered();
  const heard = receiver.received.map(({ headers, payload }) => [headers['x-github-event'] ?? '', payload['action']]);
  expect(heard.slice(1)).toEqual([['installation', 'created'], ['issue_comment', 'created'], ['installation', 'suspend'], ['installation', 'unsuspend'], ['installation_repositories', 'removed'], ['installation', 'deleted']]);
  for (const { headers, payload } of receiver.received) expect(webhookProblems(headers['x-github-event'] ?? '', (payload['action'] as string | undefined) ?? null, payload)).toEqual([]);
});
