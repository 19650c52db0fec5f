import { Webhooks } from '@octokit/webhooks';
import { expect, test } from 'vitest';
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
