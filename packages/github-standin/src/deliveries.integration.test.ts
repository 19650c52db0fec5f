import { expect, test } from 'vitest';
import { startReceiver } from '../testing/receiver.ts';
import { openStandin, secret } from '../testing/standin.ts';
import { startGitHubStandin } from './start.ts';

const repository = 'analytical-engines/difference';

test('the log keeps every attempt with an id above 2^53, and nothing is tried twice', async () => {
  const receiver = await startReceiver((it) => ((it.payload['comment'] as { body: string }).body === 'refused' ? 500 : 202));
  const standin = await openStandin({ webhook: { url: receiver.url, secret } });
  standin.comment('ada', repository, 1, 'refused');
  standin.comment('ada', repository, 1, 'taken');
  await standin.delivered();
  expect(receiver.received).toHaveLength(2);
  expect(standin.deliveries.map((it) => [it.event, it.action, it.outcome?.status, it.outcome?.statusCode])).toEqual([
    ['issue_comment', 'created', 'Invalid HTTP Response: 500', 500],
    ['issue_comment', 'created', 'OK', 202],
  ]);
  for (const delivery of standin.deliveries) expect(delivery.id > BigInt(Number.MAX_SAFE_INTEGER)).toBe(true);
  expect(new Set(standin.deliveries.map((it) => it.id)).size).toBe(2);
  expect(standin.deliveries.map((it) => it.guid)).toEqual(receiver.received.map((it) => it.headers['x-github-delivery']));
});

test('webhooks arrive in the order of their events, however slow the receiver is', async () => {
  const receiver = await startReceiver(async (it) => {
    const { body } = it.payload['comment'] as { body: string };
    await new Promise((resolve) => setTimeout(resolve, body === '1' ? 40 : 1));
    return 202;
  });
  const standin = await openStandin({ webhook: { url: receiver.url, secret } });
  for (let number = 1; number <= 8; number++) standin.comment('ada', repository, 1, String(number));
  await standin.delivered();
  expect(receiver.received.map((it) => (it.payload['comment'] as { body: string }).body)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
});

test('a receiver that is not there is a failed delivery and nothing else', async () => {
  const standin = await openStandin({ webhook: { url: 'http://127.0.0.1:1/', secret } });
  standin.comment('ada', repository, 1, 'anybody?');
  await standin.delivered();
  expect(standin.deliveries[0]?.outcome).toMatchObject({ status: 'failed to connect to host', statusCode: 502 });
});

test('the webhook can be given later, and nothing of before is sent by itself', async () => {
  const receiver = await startReceiver();
  const standin = await openStandin();
  standin.comment('ada', repository, 1, 'too early');
  standin.setWebhook(receiver.url, secret);
  standin.comment('ada', repository, 1, 'in time');
  await standin.delivered();
  expect(receiver.received.map((it) => (it.payload['comment'] as { body: string }).body)).toEqual(['in time']);
});

test('closing hangs up on a receiver that never answers, and forgets what is queued', async () => {
  const receiver = await startReceiver(() => new Promise<number>(() => undefined));
  const standin = await startGitHubStandin({ webhook: { url: receiver.url, secret } });
  standin.comment('ada', repository, 1, 'one');
  standin.comment('ada', repository, 1, 'two');
  await expect.poll(() => receiver.received.length).toBe(1);
  await standin.close();
  expect(receiver.received).toHaveLength(1);
  await expect(fetch(standin.url)).rejects.toThrow();
});
