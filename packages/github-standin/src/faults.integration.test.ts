import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startReceiver } from '../testing/receiver.ts';
import { appClient, difference, installationClient, movableClock, openStandin, personClient, secret } from '../testing/standin.ts';
import type { ApiFault, GitHubStandin, GitHubStandinOptions } from './index.ts';

const repository = 'analytical-engines/difference';
const list = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
const create = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
const at = { ...difference, issue_number: 3 };
const creating = { method: 'POST', path: /^\/repos\/analytical-engines\/difference\/issues\/3\/comments$/ };

/** A stand-in whose every answer has to match GitHub's description, until the test has finished. */
async function conforming(o: Partial<GitHubStandinOptions> = {}): Promise<GitHubStandin> {
  const standin = await openStandin(o);
  onTestFinished(() => { standin.assertConforms(); });
  return standin;
}

const commentsOn3 = async (standin: GitHubStandin): Promise<(string | undefined)[]> => (await personClient(standin, 'ada').request(list, at)).data.map(({ body }) => body);

interface Failed { readonly status: number; readonly message: string; readonly response?: { readonly headers: Readonly<Record<string, string>> } }
/** What a client we did not write throws. */
const failed = (call: Promise<unknown>): Promise<Failed> => call.then(() => { throw new Error('it did not fail'); }, (error: unknown) => error as Failed);

const patient = { timeout: 30_000 };
const posts = (standin: GitHubStandin) => standin.asked.filter(({ method }) => method === 'POST');

/** Writes a comment on 3, and goes away unanswered: 300 ms after `reached`, however long the way there takes on a busy machine. */
async function leave(standin: GitHubStandin, reached: () => unknown): Promise<void> {
  const gone = new AbortController();
  const unanswered = expect(personClient(standin, 'ada').request(create, { ...at, body: 'x', request: { signal: gone.signal } })).rejects.toThrow(/abort/i);
  await expect.poll(reached, patient).toBeTruthy();
  await sleep(300);
  gone.abort();
  await unanswered;
}

test.each<[string, ApiFault, number, string[]]>([
  ['502 in place of doing it', { kind: 'unavailable' }, 502, []],
  ['503 in place of doing it', { kind: 'unavailable', status: 503 }, 503, []],
  ['502 after it was done', { kind: 'unavailable', done: true }, 502, ['x']],
  ['a reset connection in place of doing it', { kind: 'reset' }, 500, []],
  ['a reset connection after it was done', { kind: 'reset', done: true }, 500, ['x']],
  ['404 for what exists', { kind: 'not-found' }, 404, []],
])('%s', async (_, fault, status, left) => {
  const standin = await conforming();
  const client = installationClient(standin);
  standin.faults.api(creating, fault);
  expect((await failed(client.request(create, { ...at, body: 'x' }))).status).toBe(status);
  expect(await commentsOn3(standin)).toEqual(left);
  expect(standin.faults.left()).toBe(0);
  expect((await client.request(create, { ...at, body: 'y' })).status).toBe(201);
});

test.each<[string, ApiFault, string[]]>([
  ['never answers', { kind: 'hang' }, []], ['never answers after it was done', { kind: 'hang', done: true }, ['x']],
])('%s', async (_, fault, left) => {
  const standin = await conforming();
  standin.faults.api({ ...creating, people: true }, fault);
  await leave(standin, async () => posts(standin).length === 1 && (await commentsOn3(standin)).length === left.length);
  expect(await commentsOn3(standin)).toEqual(left);
  expect(posts(standin)).toMatchObject([{ path: '/repos/analytical-engines/difference/issues/3/comments', endedAt: undefined, status: undefined }]);
});

test('never answers, and does it when the caller has gone', async () => {
  const standin = await conforming();
  standin.faults.api({ ...creating, people: true }, { kind: 'hang', done: { afterMs: 500 } });
  await leave(standin, () => posts(standin).length);
  await expect.poll(() => commentsOn3(standin), patient).toEqual(['x']);
});

test('answers rightly, later', async () => {
  const standin = await conforming();
  standin.faults.api(creating, { kind: 'slow', ms: 200 });
  expect((await installationClient(standin).request(create, { ...at, body: 'x' })).status).toBe(201);
  const [asked] = standin.asked.filter(({ path }) => creating.path.test(path));
  expect((asked?.endedAt ?? 0) - (asked?.startedAt ?? 0)).toBeGreaterThanOrEqual(199);
});

test.each([403, 429] as const)('a secondary limit is %i with retry-after, or leaves that out', async (status) => {
  const standin = await conforming();
  const client = installationClient(standin);
  standin.faults.api(creating, { kind: 'secondary-limit', status, retryAfter: 17 });
  standin.faults.api(creating, { kind: 'secondary-limit', status });
  const [said, silent] = [await failed(client.request(create, { ...at, body: 'x' })), await failed(client.request(create, { ...at, body: 'x' }))];
  expect([said.status, said.response?.headers['retry-after'], silent.status, silent.response?.headers['retry-after']]).toEqual([status, '17', status, undefined]);
  for (const one of [said, silent]) {
    expect(one.message).toContain('You have exceeded a secondary rate limit');
    expect(Number(one.response?.headers['x-ratelimit-remaining'])).toBeGreaterThan(0);
  }
  expect(await commentsOn3(standin)).toEqual([]);
});

test.each([403, 429] as const)('a primary limit is %i with nothing remaining and the time of its end, and no retry-after', async (status) => {
  const clock = movableClock(new Date());
  const standin = await conforming({ now: clock.now });
  standin.faults.api(creating, { kind: 'primary-limit', status, resetSeconds: 90 });
  const { message, response, ...error } = await failed(installationClient(standin).request(create, { ...at, body: 'x' }));
  expect([error.status, response?.headers['x-ratelimit-remaining'], response?.headers['x-ratelimit-reset'], response?.headers['retry-after']]).toEqual([status, '0', String(Math.floor(clock.now().getTime() / 1000) + 90), undefined]);
  expect(message).toContain(`API rate limit exceeded for installation ID ${String(standin.installationId)}`);
});

test('an installation token can end midway: 401, and a new one works', async () => {
  const standin = await conforming();
  const tokenOf = async () => ((await installationClient(standin).auth({ type: 'installation' })) as { token: string }).token;
  const call = async (token: string) => fetch(`${standin.apiUrl}/repos/${repository}/issues/3/comments`, { method: 'POST', headers: { 'user-agent': 'tests', authorization: `Bearer ${token}` }, body: '{"body":"x"}' });
  const token = await tokenOf();
  expect((await call(token)).status).toBe(201);
  standin.faults.api(creating, { kind: 'token-expired' });
  expect([(await call(token)).status, (await call(token)).status]).toEqual([401, 401]);
  expect((await call(await tokenOf())).status).toBe(201);
  expect(await commentsOn3(standin)).toEqual(['x', 'x']);
});

test('faults happen in the order of the script, as often as they should, and are forgotten by clear', async () => {
  const standin = await conforming();
  const client = installationClient(standin);
  standin.faults.api({ ...creating, times: 2 }, { kind: 'unavailable', status: 503 });
  standin.faults.api({ path: /\/comments$/, times: Infinity }, { kind: 'unavailable', status: 504 });
  const statuses: number[] = [];
  for (let count = 0; count < 4; count++) statuses.push((await failed(client.request(create, { ...at, body: 'x' }))).status);
  expect(statuses).toEqual([503, 503, 504, 504]);
  expect((await failed(client.request(list, at))).status).toBe(504);
  expect((await client.request('GET /repos/{owner}/{repo}/issues/{issue_number}', at)).status).toBe(200);
  standin.faults.clear();
  expect((await client.request(list, at)).status).toBe(200);
});

test('people go on unless the script says so, and what is asked says by whom', async () => {
  const standin = await conforming();
  standin.faults.api({ path: /comments/ }, { kind: 'unavailable' });
  expect(await commentsOn3(standin)).toEqual([]);
  expect((await failed(installationClient(standin).request(list, at))).status).toBe(502);
  standin.faults.api({ path: /comments/, people: true }, { kind: 'unavailable' });
  await expect(commentsOn3(standin)).rejects.toMatchObject({ status: 502 });
  expect(standin.asked.filter(({ path }) => path.endsWith('/comments')).map(({ installationId, status }) => [installationId, status])).toEqual([[undefined, 200], [standin.installationId, 502], [undefined, 502]]);
});

test('an hour\'s budget runs out for one installation and for no other, and an answer of 304 costs nothing', async () => {
  const standin = await conforming({ limits: { perHour: 3 } });
  const client = installationClient(standin);
  const first = await client.request(list, at);
  expect(first.headers).toMatchObject({ 'x-ratelimit-limit': '3', 'x-ratelimit-remaining': '2', 'x-ratelimit-used': '1', 'x-ratelimit-resource': 'core' });
  expect((await failed(client.request(list, { ...at, headers: { 'if-none-match': first.headers.etag ?? '' } }))).status).toBe(304);
  for (let count = 0; count < 2; count++) await client.request(list, at);
  const none = await failed(client.request(list, at));
  expect([none.status, none.response?.headers['x-ratelimit-remaining']]).toEqual([403, '0']);
  const { data: installations } = await appClient(standin).request('GET /app/installations');
  const other = installations.find(({ id }) => id !== standin.installationId);
  expect((await appClient(standin, other?.id).request(list, { owner: 'ada', repo: 'notes', issue_number: 1 })).status).toBe(200);
});

test('more than eighty things created in a minute are a secondary limit', async () => {
  const standin = await conforming();
  const client = installationClient(standin);
  for (let count = 0; count < 80; count++) await client.request(create, { ...at, body: String(count) });
  const { status, response } = await failed(client.request(create, { ...at, body: 'one too many' }));
  expect(status).toBe(403);
  expect(Number(response?.headers['retry-after'])).toBeGreaterThan(0);
  expect((await client.request(list, at)).status).toBe(200);
});

test.each([-600_000, 600_000])('a clock that is %i ms off shows in timestamps and in Date, and Octokit\'s JWT is mended by it', async (skew) => {
  const standin = await conforming();
  standin.faults.skew(skew);
  const { data, headers } = await installationClient(standin).request(create, { ...at, body: 'x' });
  for (const told of [data.created_at, headers.date ?? '']) expect(Math.abs(Date.parse(told) - Date.now() - skew)).toBeLessThan(60_000);
  expect(Math.abs(Number(headers['x-ratelimit-reset']) * 1000 - Date.now() - skew - 3_600_000)).toBeLessThan(60_000);
  standin.faults.clear();
});

/** A receiver, and what arrived there: the words of the comments, and how many GUIDs they came under. */
async function listening() {
  const receiver = await startReceiver();
  const standin = await conforming({ webhook: { url: receiver.url, secret } });
  return {
    standin,
    words: () => receiver.received.map(({ payload }) => (payload['comment'] as { body: string }).body),
    guids: () => new Set(receiver.received.map(({ headers }) => headers['x-github-delivery'])).size,
    say: (...words: string[]) => { for (const word of words) standin.comment('ada', repository, 3, word); },
  };
}
const created = { event: 'issue_comment', action: 'created' };

test('a webhook is sent twice under one GUID', async () => {
  const { standin, words, guids, say } = await listening();
  standin.faults.hook(created, { kind: 'duplicate' });
  say('one', 'two');
  await standin.delivered();
  expect([words(), guids()]).toEqual([['one', 'one', 'two'], 2]);
  expect(new Set(standin.deliveries.map(({ id }) => id)).size).toBe(3);
});

test('a webhook is overtaken by those that follow it', async () => {
  const { standin, words, say } = await listening();
  standin.faults.hook(created, { kind: 'late', by: { deliveries: 2 } });
  say('one', 'two', 'three', 'four');
  await standin.delivered();
  expect(words()).toEqual(['two', 'three', 'one', 'four']);
});

test('a webhook comes later, and is waited for', async () => {
  const { standin, words, say } = await listening();
  standin.faults.hook(created, { kind: 'late', by: { ms: 100 } });
  say('one', 'two');
  await standin.delivered();
  expect(words()).toEqual(['two', 'one']);
});

test('a lost webhook stands in the delivery log as failed and can be sent again, or nobody ever hears of it', async () => {
  const { standin, words, say } = await listening();
  standin.faults.hook(created, { kind: 'lost', inLog: true });
  standin.faults.hook(created, { kind: 'lost', inLog: false });
  say('logged', 'never logged', 'sent');
  await standin.delivered();
  expect(words()).toEqual(['sent']);
  const app = appClient(standin);
  const { data } = await app.request('GET /app/hook/deliveries');
  expect(data.map(({ status }) => status)).toEqual(['OK', 'failed to connect to host']);
  await app.request('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: String(data[1]?.id) as unknown as number });
  await standin.delivered();
  expect(words()).toEqual(['sent', 'logged']);
});

test('a stand-in closes at once with requests that hang and webhooks that are held back', async () => {
  const { standin, say } = await listening();
  standin.faults.api({ ...creating, people: true }, { kind: 'hang' });
  standin.faults.hook(created, { kind: 'late', by: { deliveries: 9 } });
  say('one');
  const hanging = failed(personClient(standin, 'ada').request(create, { ...at, body: 'x' }));
  await expect.poll(() => standin.asked.length).toBe(1);
  const started = performance.now();
  await standin.close();
  expect(performance.now() - started).toBeLessThan(2_000);
  await hanging;
});
