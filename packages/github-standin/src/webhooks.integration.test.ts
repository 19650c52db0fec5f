import { Webhooks } from '@octokit/webhooks';
import { expect, test } from 'vitest';
import { startReceiver } from '../testing/receiver.ts';
import { difference, installationClient, openStandin, personClient, secret } from '../testing/standin.ts';
import { webhookProblems } from '../testing/webhook-schemas.ts';

const issues = 'POST /repos/{owner}/{repo}/issues';
const issue = 'PATCH /repos/{owner}/{repo}/issues/{issue_number}';
const comments = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
const comment = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
const form = (fields: Record<string, string>, user: string): RequestInit => ({ method: 'POST', body: new URLSearchParams(fields), headers: { cookie: `standin_user=${user}` }, redirect: 'manual' });

test('every event that is sent matches GitHub\'s own schema and carries a right signature', async () => {
  const receiver = await startReceiver();
  const standin = await openStandin({ webhook: { url: receiver.url, secret } });
  const linus = personClient(standin, 'linus');
  const app = installationClient(standin);
  const { data: opened } = await linus.request(issues, { ...difference, title: 'Oil the axles', body: 'They squeak.' });
  const at = { ...difference, issue_number: opened.number };
  await linus.request(issue, { ...at, title: 'Oil all axles', body: 'They squeak a lot.' });
  await linus.request(issue, { ...at, state: 'closed', state_reason: 'not_planned' });
  await linus.request(issue, { ...at, state: 'open' });
  await app.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', { ...at, labels: ['bounty'] });
  await app.request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', { ...at, name: 'bounty' });
  const { data: own } = await app.request(comments, { ...at, body: 'Hello.' });
  await app.request(comment, { ...difference, comment_id: own.id, body: 'Hello again.' });
  await app.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...difference, comment_id: own.id });
  await linus.request(comments, { ...difference, issue_number: 4, body: 'On a pull request.' });
  await linus.request(comments, { owner: 'ada', repo: 'notes', issue_number: 1, body: 'In a repository of a person.' });
  await fetch(`${standin.url}/analytical-engines/punched-cards/issues/1/delete`, form({}, 'linus'));
  await standin.delivered();

  const seen = receiver.received.map((it) => `${it.headers['x-github-event']}.${String(it.payload['action'])}`);
  expect(seen).toEqual([
    'issues.opened', 'issues.edited', 'issues.closed', 'issues.reopened', 'issues.labeled', 'issues.unlabeled', 'issue_comment.created', 'issue_comment.edited',
    'issue_comment.deleted', 'issue_comment.created', 'issue_comment.created', 'issues.deleted',
  ]);
  const webhooks = new Webhooks({ secret });
  for (const { headers, text, payload } of receiver.received) {
    expect(webhookProblems(headers['x-github-event'] ?? '', String(payload['action']), payload)).toEqual([]);
    expect(await webhooks.verify(text, headers['x-hub-signature-256'] ?? '')).toBe(true);
    expect(headers).toMatchObject({
      'user-agent': expect.stringMatching(/^GitHub-Hookshot\//), 'content-type': 'application/json', 'x-github-hook-installation-target-id': String(standin.app.id),
      'x-github-hook-installation-target-type': 'integration', 'x-github-hook-id': expect.stringMatching(/^\d+$/),
      'x-github-delivery': expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
    });
  }
  expect(new Set(receiver.received.map((it) => it.headers['x-github-delivery'])).size).toBe(seen.length);
  standin.assertConforms();
});

test('a payload that GitHub would not send is found out', async () => {
  const receiver = await startReceiver();
  const standin = await openStandin({ webhook: { url: receiver.url, secret } });
  standin.comment('ada', 'analytical-engines/difference', 1, 'one');
  await standin.delivered();
  const { sender, ...rest } = receiver.received[0]?.payload ?? {};
  expect(sender).toBeDefined();
  expect(webhookProblems('issue_comment', 'created', rest)).toEqual([" must have required property 'sender'"]);
});

test('a wrong secret does not verify', async () => {
  const receiver = await startReceiver();
  const standin = await openStandin({ webhook: { url: receiver.url, secret } });
  standin.comment('ada', 'analytical-engines/difference', 1, 'one');
  await standin.delivered();
  const told = receiver.received[0];
  expect(await new Webhooks({ secret: 'another secret' }).verify(told?.text ?? '', told?.headers['x-hub-signature-256'] ?? '')).toBe(false);
});

test('an edit tells what it replaced, and an edit without a change tells nothing', async () => {
  const receiver = await startReceiver();
  const standin = await openStandin({ webhook: { url: receiver.url, secret } });
  const ada = personClient(standin, 'ada');
  const { data: made } = await ada.request(comments, { ...difference, issue_number: 1, body: '$sol:1$' });
  await ada.request(comment, { ...difference, comment_id: made.id, body: '$sol:1$' });
  await ada.request(comment, { ...difference, comment_id: made.id, body: '$sol:2$' });
  await standin.delivered();
  expect(receiver.received.map((it) => it.payload['action'])).toEqual(['created', 'edited']);
  expect(receiver.received[1]?.payload).toMatchObject({ changes: { body: { from: '$sol:1$' } }, comment: { body: '$sol:2$' } });
});

test('a payload is of the moment of its event, not of the moment of its delivery', async () => {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => { open = resolve; });
  const receiver = await startReceiver(async () => { await gate; return 202; });
  const standin = await openStandin({ webhook: { url: receiver.url, secret } });
  const ada = personClient(standin, 'ada');
  // The answers arrive while the first webhook is still unanswered: delivery does not hold up the API.
  const { data: made } = await ada.request(comments, { ...difference, issue_number: 1, body: 'before' });
  await ada.request(comment, { ...difference, comment_id: made.id, body: 'after' });
  open();
  await standin.delivered();
  expect(receiver.received.map((it) => (it.payload['comment'] as { body: string }).body)).toEqual(['before', 'after']);
});

test('a comment of the App fires the webhook too, as a bot and by the App', async () => {
  const receiver = await startReceiver();
  const standin = await openStandin({ webhook: { url: receiver.url, secret } });
  await installationClient(standin).request(comments, { ...difference, issue_number: 1, body: 'ours' });
  await standin.delivered();
  expect(receiver.received[0]?.payload).toMatchObject({ sender: { type: 'Bot', login: 'doubloon[bot]' }, comment: { performed_via_github_app: { id: standin.app.id, slug: 'doubloon' } } });
});

test('on a pull request the issue of the webhook has the id of the issues API', async () => {
  const receiver = await startReceiver();
  const standin = await openStandin({ webhook: { url: receiver.url, secret } });
  const { data: pull } = await installationClient(standin).request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...difference, pull_number: 4 });
  standin.comment('ada', 'analytical-engines/difference', 4, 'on a pull request');
  await standin.delivered();
  const { issue: told } = receiver.received[0]?.payload as { issue: { id: number; pull_request: { url: string } } };
  expect(told.id).toBe(standin.issue('analytical-engines/difference', 4).id);
  expect(told.id).not.toBe(pull.id);
  expect(told.pull_request.url).toBe(pull.url);
});

test('a repository outside the installation is silent', async () => {
  const receiver = await startReceiver();
  const repositories = ['seen', 'unseen'].map((name) => ({ owner: 'works', name, installed: name === 'seen', issues: [{ title: 'one', author: 'ada' }] }));
  const standin = await openStandin({ webhook: { url: receiver.url, secret }, repositories });
  standin.comment('ada', 'works/unseen', 1, 'quiet');
  standin.comment('ada', 'works/seen', 1, 'loud');
  await standin.delivered();
  expect(receiver.received.map((it) => (it.payload['repository'] as { name: string }).name)).toEqual(['seen']);
});
