import { Webhooks } from '@octokit/webhooks';
import { expect, test } from 'vitest';
import { startGitHubStandin } from './start.ts';
import { startReceiver } from '../testing/receiver.ts';
import { appClient, difference, installationClient, openStandin, secret } from '../testing/standin.ts';

test('a comment of a person reaches the App, and the answer of the App is seen by people', async () => {
  const receiver = await startReceiver();
  const standin = await openStandin({ webhook: { url: receiver.url, secret } });
  const { data: app } = await appClient(standin).request('GET /app');
  expect(app).toMatchObject({ id: standin.app.id, slug: 'doubloon', installations_count: 2 });

  const made = standin.comment('maggie', 'analytical-engines/difference', 1, 'I would love this. $sol:1$');
  await standin.delivered();
  const [first] = receiver.received;
  expect(first?.headers).toMatchObject({ 'x-github-event': 'issue_comment', 'content-type': 'application/json' });
  expect(await new Webhooks({ secret }).verify(first?.text ?? '', first?.headers['x-hub-signature-256'] ?? '')).toBe(true);
  expect(first?.payload).toMatchObject({ action: 'created', comment: { id: made.id, body: 'I would love this. $sol:1$' }, installation: { id: standin.installationId }, sender: { login: 'maggie', type: 'User' } });

  const { data: answer } = await installationClient(standin).request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...difference, issue_number: 1, body: '<!-- doubloon {"v":1} -->\n**1 sol** was offered.' });
  expect(answer).toMatchObject({ user: { login: 'doubloon[bot]', type: 'Bot' }, performed_via_github_app: { id: standin.app.id } });
  const page = await (await fetch(answer.html_url)).text();
  expect(page).toContain('<strong>1 sol</strong> was offered.');
  expect(page).not.toContain('doubloon {');
  standin.assertConforms();
});

test('two of them started alike hand out the same ids', async () => {
  const [one, two] = await Promise.all([openStandin(), openStandin()]);
  expect(one.issue('ada/notes', 1)).toEqual({ ...two.issue('ada/notes', 1), htmlUrl: `${one.url}/ada/notes/issues/1` });
  expect([one.app.id, one.installationId]).toEqual([two.app.id, two.installationId]);
  expect(one.url).not.toBe(two.url);
});

test('a private key that is given is used, so that a restart keeps the credentials', async () => {
  const one = await openStandin();
  const two = await openStandin({ app: { privateKey: one.app.privateKey, slug: 'doubloon-test' } });
  expect(two.app).toMatchObject({ privateKey: one.app.privateKey, slug: 'doubloon-test' });
  expect((await appClient(two).request('GET /app')).status).toBe(200);
});

test('a port that is taken, a seed that can\'t be, and an empty secret are said at the start', async () => {
  const standin = await openStandin();
  const refused = (o: Partial<Parameters<typeof startGitHubStandin>[0]>) => expect(startGitHubStandin({ webhook: { secret }, ...o })).rejects;
  const invalid = (problem: string) => expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(problem) as string }) as Error;
  await refused({ port: Number(new URL(standin.url).port) }).toThrow(invalid("can't be listened on"));
  await refused({ webhook: { secret: '' } }).toThrow(invalid('the secret of the webhook is empty'));
  await refused({ repositories: [{ owner: 'api', name: 'x y', issues: [{ title: 'one', author: 'nobody' }] }] }).toThrow(invalid("api can't be a login; x y can't be the name of a repository; nobody is not one of the users"));
  await refused({ users: [] , repositories: [] }).toThrow(invalid('there has to be a user'));
  await refused({ repositories: [{ owner: 'ada', name: 'notes', installed: false }] }).toThrow(invalid('the App is installed for no repository'));
});

test('comments of people who are not here, or on what is not here, are refused', async () => {
  const standin = await openStandin();
  for (const [user, repository, number, body] of [['nobody', 'ada/notes', 1, 'x'], ['ada', 'ada/none', 1, 'x'], ['ada', 'ada/notes', 9, 'x'], ['ada', 'ada/notes', 1, ' ']] as const)
    expect(() => standin.comment(user, repository, number, body)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});
