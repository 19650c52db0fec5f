import { expect, onTestFinished, test } from 'vitest';
import { startReceiver } from '../testing/receiver.ts';
import { appClient, difference, installationClient, openStandin, personClient, secret } from '../testing/standin.ts';
import { webhookProblems } from '../testing/webhook-schemas.ts';

const at = { ...difference, issue_number: 3 };
const create = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
const update = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
const react = 'POST /repos/{owner}/{repo}/issues/{issue_number}/reactions';
const statusOf = (call: Promise<{ status: number }>): Promise<number> => call.then(({ status }) => status, (error: unknown) => (error as { status: number }).status);

test('on a locked issue the App and people without write access write nothing, others do, and unlocking ends that; both are told', async () => {
  const receiver = await startReceiver();
  const standin = await openStandin({ webhook: { url: receiver.url, secret } });
  onTestFinished(() => { standin.assertConforms(); });
  const [app, ada, grace] = [installationClient(standin), personClient(standin, 'ada'), personClient(standin, 'grace')];
  const { data: own } = await app.request(create, { ...at, body: 'ours' });
  await grace.request('PUT /repos/{owner}/{repo}/issues/{issue_number}/lock', { ...at, lock_reason: 'spam' });
  expect((await ada.request('GET /repos/{owner}/{repo}/issues/{issue_number}', at)).data).toMatchObject({ locked: true, active_lock_reason: 'spam' });
  await expect(app.request(create, { ...at, body: 'x' })).rejects.toMatchObject({ status: 403, message: expect.stringContaining('Unable to create comment because issue is locked.') as string });
  const refused = [app.request(update, { ...difference, comment_id: Number(own.id), body: 'x' }), app.request(react, { ...at, content: 'eyes' }), ada.request(create, { ...at, body: 'x' })];
  expect(await Promise.all(refused.map(statusOf))).toEqual([403, 403, 403]);
  expect(await statusOf(grace.request(create, { ...at, body: 'still' }))).toBe(201);
  await grace.request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/lock', at);
  expect(await statusOf(app.request(update, { ...difference, comment_id: Number(own.id), body: 'again' }))).toBe(200);
  await standin.delivered();
  const told = receiver.received.filter(({ payload }) => String(payload['action']).endsWith('locked'));
  expect(told.map(({ payload }) => payload['action'])).toEqual(['locked', 'unlocked']);
  for (const { payload } of told) expect(webhookProblems('issues', String(payload['action']), payload)).toEqual([]);
});

test('an archived repository is read-only for everybody, until it is none any more', async () => {
  const standin = await openStandin();
  onTestFinished(() => { standin.assertConforms(); });
  const app = installationClient(standin);
  standin.archive('analytical-engines/difference');
  await expect(app.request(create, { ...at, body: 'x' })).rejects.toMatchObject({ status: 403, message: expect.stringContaining('Repository was archived so is read-only.') as string });
  expect((await app.request('GET /repos/{owner}/{repo}', difference)).data.archived).toBe(true);
  expect((await app.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', at)).status).toBe(200);
  standin.archive('analytical-engines/difference', false);
  expect(await statusOf(app.request(create, { ...at, body: 'x' }))).toBe(201);
});

test('a minimised comment says so, and can still be edited', async () => {
  const standin = await openStandin();
  onTestFinished(() => { standin.assertConforms(); });
  const app = installationClient(standin);
  const { data: own } = await app.request(create, { ...at, body: 'ours' });
  standin.minimize('analytical-engines/difference', Number(own.id), 'spam');
  const { data: edited } = await app.request(update, { ...difference, comment_id: Number(own.id), body: 'ours too' });
  expect(edited).toMatchObject({ body: 'ours too', minimized: { reason: 'spam' } });
});

test('the hook is read and changed by the App alone, and its secret is never shown', async () => {
  const receiver = await startReceiver();
  const standin = await openStandin({ webhook: { url: 'http://127.0.0.1:1/', secret } });
  onTestFinished(() => { standin.assertConforms(); });
  const app = appClient(standin);
  expect((await app.request('GET /app/hook/config')).data).toEqual({ content_type: 'json', insecure_ssl: '0', secret: '********', url: 'http://127.0.0.1:1/' });
  expect((await app.request('PATCH /app/hook/config', { data: { url: receiver.url } })).data).toMatchObject({ url: receiver.url, secret: '********' });
  expect(await statusOf(personClient(standin, 'ada').request('PATCH /app/hook/config', { data: { url: 'http://127.0.0.1:2/' } }))).toBe(401);
  standin.comment('ada', 'analytical-engines/difference', 3, 'x');
  await standin.delivered();
  expect(receiver.received).toHaveLength(1);
});
