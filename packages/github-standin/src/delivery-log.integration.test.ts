import { generateKeyPairSync } from 'node:crypto';
import { Webhooks } from '@octokit/webhooks';
import { expect, onTestFinished, test } from 'vitest';
import { appAuthorization, jwt } from '../testing/jwt.ts';
import { startReceiver, type Received } from '../testing/receiver.ts';
import { appClient, difference, installationClient, movableClock, openStandin, personClient, secret } from '../testing/standin.ts';
import type { GitHubStandin, GitHubStandinOptions } from './index.ts';

const repository = 'analytical-engines/difference';
const log = '/app/hook/deliveries';
const nobody = 'http://127.0.0.1:1/';
const bodyOf = ({ payload }: Pick<Received, 'payload'>): string => (payload['comment'] as { body: string }).body;

/** A stand-in whose every answer has to match GitHub's description, until the test has finished. */
async function conforming(o: Partial<GitHubStandinOptions> = {}): Promise<GitHubStandin> {
  const standin = await openStandin(o);
  onTestFinished(() => { standin.assertConforms(); });
  return standin;
}

async function ask(standin: GitHubStandin, path: string, o: { at?: Date; method?: string; authorization?: string } = {}): Promise<{ status: number; text: string; link: string | null }> {
  const { at = new Date(), method = 'GET', authorization = appAuthorization(standin, at) } = o;
  const answer = await fetch(path.startsWith('http') ? path : standin.apiUrl + path, { method, headers: { 'user-agent': 'tests', authorization } });
  return { status: answer.status, text: await answer.text(), link: answer.headers.get('link') };
}

/** Octokit's types want a number here, which would round; the digits themselves go into the path as they are. */
const exactly = (id: unknown): { delivery_id: number } => ({ delivery_id: String(id) as unknown as number });

/** The ids in the JSON, by their digits. */
const idsIn = (text: string): string[] => [...text.matchAll(/"id":(\d+),"guid"/g)].map((it) => it[1] ?? '');

test('ids above 2^53 are numbers with all their digits, in the list and in the delivery', async () => {
  const standin = await conforming();
  for (const body of ['one', 'two', 'three']) standin.comment('ada', repository, 1, body);
  await standin.delivered();
  const ids = idsIn((await ask(standin, log)).text);
  expect(ids).toEqual(standin.deliveries.map((it) => String(it.id)).reverse());
  for (const id of ids) {
    expect(BigInt(id) > BigInt(Number.MAX_SAFE_INTEGER)).toBe(true);
    expect(idsIn((await ask(standin, `${log}/${id}`)).text)).toEqual([id]);
  }
});

test('an id that went through a JavaScript number names no delivery', async () => {
  const standin = await conforming();
  standin.comment('ada', repository, 1, 'one');
  await standin.delivered();
  const rounded = String((JSON.parse((await ask(standin, log)).text) as { id: number }[])[0]?.id);
  expect(rounded).not.toBe(String(standin.deliveries[0]?.id));
  expect((await ask(standin, `${log}/${rounded}`)).status).toBe(404);
  expect((await ask(standin, `${log}/${rounded}/attempts`, { method: 'POST' })).status).toBe(404);
  expect(standin.deliveries).toHaveLength(1);
});

test('an App that was down finds in the log what it missed, and is sent it again under the same GUID and a new id', async () => {
  const standin = await conforming({ webhook: { url: nobody, secret } });
  standin.comment('ada', repository, 1, 'missed');
  await standin.delivered();
  const receiver = await startReceiver();
  standin.setWebhook(receiver.url, secret);

  const app = appClient(standin);
  const { data: [missed] } = await app.request('GET /app/hook/deliveries', { status: 'failure' });
  expect(missed).toMatchObject({ event: 'issue_comment', action: 'created', redelivery: false, status: 'failed to connect to host', status_code: 502, installation_id: standin.installationId, repository_id: standin.issue(repository, 1).repositoryId });
  expect(missed?.id).toBe(standin.deliveries[0]?.id);
  expect((await app.request('POST /app/hook/deliveries/{delivery_id}/attempts', exactly(missed?.id))).status).toBe(202);
  await standin.delivered();

  expect(receiver.received.map((it) => [bodyOf(it), it.headers['x-github-delivery']])).toEqual([['missed', missed?.guid]]);
  const { data: both } = await app.request('GET /app/hook/deliveries');
  expect(both.map((it) => [it.guid, it.redelivery, it.status])).toEqual([[missed?.guid, true, 'OK'], [missed?.guid, false, 'failed to connect to host']]);
  expect(new Set(both.map((it) => it.id)).size).toBe(2);
  expect((await app.request('GET /app/hook/deliveries', { status: 'success' })).data.map((it) => it.id)).toEqual([both[0]?.id]);
});

test('while the hook has no URL, deliveries fail and stand in the log', async () => {
  const standin = await conforming();
  standin.comment('ada', repository, 1, 'before there was an App');
  await standin.delivered();
  const { data: [missed] } = await appClient(standin).request('GET /app/hook/deliveries');
  expect(missed).toMatchObject({ status: 'failed to connect to host', status_code: 502 });
  const { data: whole } = await appClient(standin).request('GET /app/hook/deliveries/{delivery_id}', exactly(missed?.id));
  expect(whole).not.toHaveProperty('url');
  expect(whole.request.payload).toMatchObject({ action: 'created', comment: { body: 'before there was an App' } });
});

test('the payload is of the moment of the event, in the log and in every attempt', async () => {
  const receiver = await startReceiver();
  const standin = await conforming({ webhook: { url: receiver.url, secret } });
  const ada = personClient(standin, 'ada');
  const { data: made } = await ada.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...difference, issue_number: 1, body: 'before' });
  await ada.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...difference, comment_id: made.id, body: 'after' });
  await standin.delivered();
  const first = standin.deliveries[0]?.id;
  const { data: whole } = await appClient(standin).request('GET /app/hook/deliveries/{delivery_id}', exactly(first));
  expect(whole.request.payload).toMatchObject({ action: 'created', comment: { body: 'before' } });
  expect((await ask(standin, `${log}/${String(first)}/attempts`, { method: 'POST' })).status).toBe(202);
  await standin.delivered();
  expect(receiver.received.map((it) => it.text)).toEqual([receiver.received[0]?.text, receiver.received[1]?.text, receiver.received[0]?.text]);
});

test('a delivery shows what was sent and what came back', async () => {
  const receiver = await startReceiver(() => 503);
  const standin = await conforming({ webhook: { url: receiver.url, secret } });
  standin.comment('ada', repository, 1, 'x');
  await standin.delivered();
  const { data: whole } = await appClient(standin).request('GET /app/hook/deliveries/{delivery_id}', exactly(standin.deliveries[0]?.id));
  const [sent] = receiver.received;
  expect(whole).toMatchObject({ url: receiver.url, status: 'Invalid HTTP Response: 503', status_code: 503, throttled_at: null, request: { payload: sent?.payload }, response: { payload: '' } });
  const headers = Object.fromEntries(Object.entries(whole.request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  expect(sent?.headers).toMatchObject(headers);
  // With the names as GitHub writes them: who looks for lower case finds nothing.
  expect(whole.request.headers).toMatchObject({ 'X-GitHub-Delivery': whole.guid, 'X-GitHub-Event': 'issue_comment' });
  expect(whole.response.headers).toHaveProperty('date');
});

test('a redelivery goes where the hook points now, signed with the secret of now', async () => {
  const standin = await conforming({ webhook: { url: nobody, secret } });
  standin.comment('ada', repository, 1, 'x');
  await standin.delivered();
  const receiver = await startReceiver();
  standin.setWebhook(receiver.url, 'the secret after that one');
  await ask(standin, `${log}/${String(standin.deliveries[0]?.id)}/attempts`, { method: 'POST' });
  await standin.delivered();
  const [sent] = receiver.received;
  expect(await new Webhooks({ secret: 'the secret after that one' }).verify(sent?.text ?? '', sent?.headers['x-hub-signature-256'] ?? '')).toBe(true);
});

test('a redelivery can be redelivered, and keeps the GUID of the event', async () => {
  const receiver = await startReceiver();
  const standin = await conforming({ webhook: { url: receiver.url, secret } });
  standin.comment('ada', repository, 1, 'x');
  for (let attempt = 0; attempt < 2; attempt++) {
    await standin.delivered();
    await ask(standin, `${log}/${String(standin.deliveries.at(-1)?.id)}/attempts`, { method: 'POST' });
  }
  await standin.delivered();
  expect(standin.deliveries.map((it) => it.redelivery)).toEqual([false, true, true]);
  expect(new Set(receiver.received.map((it) => it.headers['x-github-delivery'])).size).toBe(1);
  expect(new Set(standin.deliveries.map((it) => it.id)).size).toBe(3);
});

test('following the cursors past a hundred sees every delivery once, newest first, while new ones come in', async () => {
  const standin = await conforming();
  for (let number = 1; number <= 204; number++) standin.comment('ada', repository, 3, String(number));
  await standin.delivered();
  const expected = standin.deliveries.map((it) => String(it.id)).reverse();
  const pages: string[][] = [];
  let next: string | undefined = `${log}?per_page=100`;
  while (next !== undefined && pages.length < 9) {
    const { status, text, link } = await ask(standin, next);
    expect(status).toBe(200);
    pages.push(idsIn(text));
    next = /<([^>]+)>; rel="next"/.exec(link ?? '')?.[1];
    standin.comment('ada', repository, 3, 'in between');
    await standin.delivered();
  }
  expect(pages.map((it) => it.length)).toEqual([100, 100, 4]);
  expect(pages.flat()).toEqual(expected);
});

test('a cursor from no Link header is refused', async () => {
  const standin = await conforming();
  expect((await ask(standin, `${log}?cursor=2`)).status).toBe(400);
});

test('the status filter goes by the code alone, so a redirect counts as a success', async () => {
  const receiver = await startReceiver((it) => Number(bodyOf(it)));
  const standin = await conforming({ webhook: { url: receiver.url, secret } });
  for (const status of ['202', '302', '404', '500']) standin.comment('ada', repository, 1, status);
  await standin.delivered();
  const codes = async (status: 'success' | 'failure') => (await appClient(standin).request('GET /app/hook/deliveries', { status })).data.map((it) => [it.status_code, it.status]);
  expect(await codes('success')).toEqual([[302, 'Invalid HTTP Response: 302'], [202, 'OK']]);
  expect(await codes('failure')).toEqual([[500, 'Invalid HTTP Response: 500'], [404, 'Invalid HTTP Response: 404']]);
});

test('a delivery is in the log when it is over, and not before', async () => {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => { open = resolve; });
  const receiver = await startReceiver(async () => { await gate; return 202; });
  const standin = await conforming({ webhook: { url: receiver.url, secret } });
  standin.comment('ada', repository, 1, 'x');
  await expect.poll(() => receiver.received.length).toBe(1);
  expect((await ask(standin, log)).text).toBe('[]');
  open();
  await standin.delivered();
  expect(idsIn((await ask(standin, log)).text)).toHaveLength(1);
});

test('the log goes back 72 hours: what is older can be neither read nor redelivered, and was never tried again', async () => {
  const clock = movableClock();
  const receiver = await startReceiver(() => 500);
  const standin = await conforming({ webhook: { url: receiver.url, secret }, now: clock.now });
  const read = (path: string, method = 'GET') => ask(standin, path, { at: clock.now(), method });
  standin.comment('ada', repository, 1, 'old');
  await standin.delivered();
  const id = String(standin.deliveries[0]?.id);
  clock.advance(72 * 3_600_000 - 1);
  standin.comment('ada', repository, 1, 'new');
  await standin.delivered();
  expect(idsIn((await read(log)).text)).toHaveLength(2);
  clock.advance(1);
  expect(idsIn((await read(log)).text)).toEqual([String(standin.deliveries[1]?.id)]);
  expect((await read(`${log}/${id}`)).status).toBe(404);
  expect((await read(`${log}/${id}/attempts`, 'POST')).status).toBe(404);
  expect(receiver.received.map(bodyOf)).toEqual(['old', 'new']);
  // Memory lets go of it with the next delivery.
  standin.comment('ada', repository, 1, 'newest');
  expect(standin.deliveries.map(({ request }) => request.payload.includes('"old"'))).toEqual([false, false]);
  await standin.delivered();
});

test('only the App\'s own JWT opens the log: anything else is 401, and redelivers nothing', async () => {
  const standin = await conforming();
  standin.comment('ada', repository, 1, 'x');
  await standin.delivered();
  const one = `${log}/${String(standin.deliveries[0]?.id)}`;
  const { token } = (await installationClient(standin).auth({ type: 'installation' })) as { token: string };
  const seconds = Math.floor(Date.now() / 1000);
  const { privateKey: foreign } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const wrong = {
    personal: `Bearer ${standin.tokens['ada']}`,
    installation: `Bearer ${token}`,
    'signed by another key': `Bearer ${jwt(foreign, { iss: standin.app.id, iat: seconds - 30, exp: seconds + 300 })}`,
    expired: appAuthorization(standin, new Date(Date.now() - 3_600_000)),
  };
  for (const [kind, authorization] of Object.entries(wrong)) {
    const statuses = await Promise.all([ask(standin, log, { authorization }), ask(standin, one, { authorization }), ask(standin, `${one}/attempts`, { authorization, method: 'POST' })]);
    expect([kind, ...statuses.map((it) => it.status)]).toEqual([kind, 401, 401, 401]);
  }
  expect((await fetch(standin.apiUrl + log, { headers: { 'user-agent': 'tests' } })).status).toBe(401);
  await standin.delivered();
  expect(standin.deliveries).toHaveLength(1);
});
