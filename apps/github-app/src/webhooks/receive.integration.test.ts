import { randomUUID } from 'node:crypto';
import { createServer, request } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Webhooks } from '@octokit/webhooks';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { migrationsFolder, openPool, storeInbox } from '@doubloon/postgres';
import { openTestDatabase, type TestDatabase } from '@doubloon/postgres/testing';
import { deliver, secret, sign } from '../../testing/deliver.ts';
import { createReceiver, type Receiver } from './receive.ts';

const older = 'the secret before, just as long as the other one';
type Told = Parameters<NonNullable<Receiver['onAnswer']>>[0];

async function listen(store: Receiver['store'], requestTimeout = 10_000) {
  const told: Told[] = [];
  const receiver = createReceiver({ secrets: { current: secret, previous: older }, store, onAnswer: (answer) => told.push(answer) });
  const server = createServer({ requestTimeout, connectionsCheckingInterval: 50 }, receiver);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => { server.close(() => { resolve(); }); server.closeAllConnections(); }));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}/webhooks`, port, told };
}

let database: TestDatabase;
beforeAll(async () => { database = await openTestDatabase(migrationsFolder('github-app')); });
afterAll(() => database[Symbol.asyncDispose]());

async function open(requestTimeout?: number) {
  const { pool } = database;
  await pool.query('delete from inbox');
  const receiver = await listen(({ guid, event, payload }) => storeInbox(pool, { key: guid, kind: event, subject: guid, payload }), requestTimeout);
  const rows = async () => (await pool.query<{ key: string; kind: string; payload: unknown }>('select key, kind, payload from inbox order by id')).rows;
  return { ...receiver, rows };
}

test('a signed delivery is durable when it is answered with 202', async () => {
  const { url, rows, told } = await open();
  const guid = randomUUID();
  const body = JSON.stringify({ action: 'created', comment: { body: 'Grüße 🪙' } });
  const { status } = await deliver(url, { body, event: 'issue_comment', guid });
  expect(status).toBe(202);
  expect(await rows()).toEqual([{ key: guid, kind: 'issue_comment', payload: JSON.parse(body) as unknown }]);
  expect(told).toEqual([{ status: 202, stored: true, reason: 'stored', key: 'current' }]);
});

test('the same delivery again is 202 and no second row, whatever came with it', async () => {
  const { url, rows, told } = await open();
  const guid = randomUUID();
  await deliver(url, { body: '{"first":1}', guid });
  expect((await deliver(url, { body: '{"first":1}', guid })).status).toBe(202);
  expect((await deliver(url, { body: '{"second":2}', guid })).status).toBe(202);
  expect(await rows()).toEqual([{ key: guid, kind: 'ping', payload: { first: 1 } }]);
  expect(told.map(({ stored }) => stored)).toEqual([true, false, false]);
});

test('twenty of the same at once are one row', async () => {
  const { url, rows } = await open();
  const guid = randomUUID();
  const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(url, { guid })));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 202));
  expect(await rows()).toHaveLength(1);
});

test('the previous secret is accepted while it is known, and which one it was is told', async () => {
  const { url, told } = await open();
  expect((await deliver(url, { headers: { 'x-hub-signature-256': sign('{}', older) } })).status).toBe(202);
  expect(told[0]?.key).toBe('previous');
});

test.each<[string, Record<string, string | undefined>]>([
  ['missing', { 'x-hub-signature-256': undefined }],
  ['of another secret', { 'x-hub-signature-256': sign('{}', 'another secret of thirty-two characters') }],
  ['of another body', { 'x-hub-signature-256': sign('{} ') }],
  ['in upper case', { 'x-hub-signature-256': sign('{}').replace(/[a-f]/g, (letter) => letter.toUpperCase()) }],
  ['cut short', { 'x-hub-signature-256': sign('{}').slice(0, -2) }],
  ['too long', { 'x-hub-signature-256': `${sign('{}')}00` }],
  ['without its name', { 'x-hub-signature-256': sign('{}').slice(7) }],
  ['empty', { 'x-hub-signature-256': '' }],
  ['SHA-1 only', { 'x-hub-signature-256': undefined, 'x-hub-signature': 'sha1=5d61605c3feea9799210ddcb71307d4ba264225f' }],
  ['SHA-1 under the name of the other', { 'x-hub-signature-256': 'sha1=5d61605c3feea9799210ddcb71307d4ba264225f' }],
])('401 for a signature %s, and nothing is stored', async (_, headers) => {
  const { url, rows } = await open();
  expect((await deliver(url, { headers })).status).toBe(401);
  expect(await rows()).toEqual([]);
});

// Octokit's own signing and checking, which our receiver replaces to see bytes and two secrets, is the oracle for it.
test.each(['{}', '{"body":"Grüße 🪙"}', `{"body":${JSON.stringify('x'.repeat(100_000))}}`])('what Octokit signs is taken: %#', async (body) => {
  const { url, rows } = await open();
  for (const key of [secret, older]) {
    const signature = await new Webhooks({ secret: key }).sign(body);
    expect((await deliver(url, { body, headers: { 'x-hub-signature-256': signature } })).status).toBe(202);
  }
  expect(await rows()).toHaveLength(2);
});

test.each([[sign('{}'), 202], [sign('{} '), 401], [sign('{}', `${secret} `), 401], [sign('{}').replace('sha256=', 'sha1='), 401], [`${sign('{}')}0`, 401]])('it judges %s as Octokit does', async (signature, status) => {
  const { url } = await open();
  expect(await new Webhooks({ secret }).verify('{}', signature)).toBe(status === 202);
  expect((await deliver(url, { headers: { 'x-hub-signature-256': signature } })).status).toBe(status);
});

test('the signature is over the bytes: the same JSON written otherwise is refused', async () => {
  const { url } = await open();
  const body = '{"a": "ü"}';
  expect((await deliver(url, { body: '{"a": "\\u00fc"}', headers: { 'x-hub-signature-256': sign(body) } })).status).toBe(401);
  expect((await deliver(url, { body: Buffer.from(body, 'latin1'), headers: { 'x-hub-signature-256': sign(body) } })).status).toBe(401);
});

test.each([
  ['not JSON', '{"a":'], ['an array', '[1]'], ['a text', '"x"'], ['null', 'null'], ['nothing', ''],
  ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])], ['JSON deep enough to break a stack', `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`.slice(0, -1)],
])('400 for a signed body that is %s', async (_, body) => {
  const { url, rows } = await open();
  expect((await deliver(url, { body })).status).toBe(400);
  expect(await rows()).toEqual([]);
});

test.each<[string, Record<string, string | undefined>]>([
  ['without a delivery id', { 'x-github-delivery': undefined }],
  ['with a delivery id of other characters', { 'x-github-delivery': "1' or 1=1" }],
  ['with a delivery id without end', { 'x-github-delivery': 'a'.repeat(65) }],
  ['without an event', { 'x-github-event': undefined }],
  ['with an event of other characters', { 'x-github-event': '../etc' }],
])('400 for a delivery %s', async (_, headers) => {
  const { url, rows } = await open();
  expect((await deliver(url, { headers })).status).toBe(400);
  expect(await rows()).toEqual([]);
});

test.each(['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('405 for %s, with what is allowed', async (method) => {
  const { url } = await open();
  const { status, headers } = await deliver(url, { method, body: '', headers: { 'content-length': undefined } });
  expect([status, headers['allow']]).toEqual([405, 'POST']);
});

test.each([undefined, 'application/x-www-form-urlencoded', 'text/plain', 'application/jsonp', 'multipart/form-data; boundary=x'])('415 for content type %s', async (type) => {
  const { url } = await open();
  expect((await deliver(url, { headers: { 'content-type': type } })).status).toBe(415);
});

test('a content type with its charset is fine, a compressed body is not', async () => {
  const { url } = await open();
  expect((await deliver(url, { headers: { 'content-type': 'application/json; charset=utf-8' } })).status).toBe(202);
  expect((await deliver(url, { headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
});

test('413 by Content-Length, before the body is sent', async () => {
  const { port, rows } = await open();
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => { socket.destroy(); });
  socket.write(`POST /webhooks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-GitHub-Event: ping\r\nX-GitHub-Delivery: 1\r\nX-Hub-Signature-256: ${sign('{}')}\r\nContent-Length: ${String(25 * 1024 * 1024 + 1)}\r\n\r\n`);
  const first = await new Promise<string>((resolve) => socket.once('data', (chunk) => { resolve(chunk.toString()); }));
  expect(first).toMatch(/^HTTP\/1\.1 413 /);
  expect(await rows()).toEqual([]);
});

test('413 while it streams, when no length is told, and the rest is not held', async () => {
  const { url, rows } = await open();
  let written = 0;
  const status = await new Promise<number>((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', agent: false, headers: { 'content-type': 'application/json', 'x-github-event': 'ping', 'x-github-delivery': '1', 'x-hub-signature-256': sign('{}'), 'transfer-encoding': 'chunked' } }, (response) => {
      resolve(response.statusCode ?? 0);
      outgoing.destroy();
    });
    outgoing.on('error', reject);
    const chunk = Buffer.alloc(1024 * 1024, 0x20);
    const more = (): void => {
      if (outgoing.destroyed || written > 200) return;
      written += 1;
      if (outgoing.write(chunk)) setImmediate(more);
      else outgoing.once('drain', more);
    };
    more();
  });
  expect(status).toBe(413);
  expect(written).toBeLessThan(200);
  expect(await rows()).toEqual([]);
});

test('a body of exactly 25 MiB is taken', async () => {
  const { url, rows } = await open();
  const body = Buffer.alloc(25 * 1024 * 1024, 0x20);
  body.write('{"a":1}');
  expect((await deliver(url, { body })).status).toBe(202);
  expect(await rows()).toHaveLength(1);
});

test('a body that does not come is given up, and others are served meanwhile', async () => {
  const { url, port, rows } = await open(400);
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => { socket.destroy(); });
  const closed = new Promise<void>((resolve) => { socket.on('error', () => undefined).on('close', () => { resolve(); }).resume(); });
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-GitHub-Event: ping\r\nX-GitHub-Delivery: 1\r\nX-Hub-Signature-256: ${sign('{}')}\r\nContent-Length: 2\r\n\r\n{`);
  expect((await deliver(url)).status).toBe(202);
  await closed;
  expect(await rows()).toHaveLength(1);
});

/** Senders of bodies of 25 MiB that keep their last byte back; resolves when all the rest was taken. */
async function holdBack(port: number, count: number) {
  const size = 25 * 1024 * 1024;
  const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-GitHub-Event: ping\r\nX-GitHub-Delivery: 1\r\nX-Hub-Signature-256: ${sign('{}')}\r\nContent-Length: ${String(size)}\r\n\r\n`;
  return Promise.all(Array.from({ length: count }, async () => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => { socket.destroy(); });
    const answer = new Promise<string>((resolve) => { socket.on('error', () => { resolve(''); }).once('data', (chunk) => { resolve(chunk.toString()); }); });
    await new Promise<void>((resolve) => socket.write(Buffer.concat([Buffer.from(head), Buffer.alloc(size - 1, 0x20)]), () => { resolve(); }));
    return { socket, answer };
  }));
}

test('what is held of unfinished bodies is bounded over all senders', async () => {
  const { url, port } = await open();
  const senders = await holdBack(port, 5);
  expect(await Promise.race(senders.map(({ answer }) => answer))).toMatch(/^HTTP\/1\.1 503 /);
  for (const { socket } of senders) socket.destroy();
  await expect.poll(async () => (await deliver(url)).status).toBe(202);
});

test('who holds most makes room for a small delivery', async () => {
  const { url, port } = await open();
  const senders = await holdBack(port, 4);
  const large = Promise.race(senders.map(({ answer }) => answer));
  // Whenever the last of those bytes are read, some of these meet a full house.
  for (let sent = 0; sent < 20; sent++) expect((await deliver(url, { body: JSON.stringify({ text: 'x'.repeat(1_000) }) })).status).toBe(202);
  expect(await large).toMatch(/^HTTP\/1\.1 503 /);
});

test('keys that poison objects do not get into the store', async () => {
  const { url, rows } = await open();
  const body = '{"__proto__":{"admin":true},"a":{"__proto__":{"admin":true},"b":1},"\\u005f_proto__":{"x":1},"constructor":{"prototype":{"y":1}}}';
  expect((await deliver(url, { body })).status).toBe(202);
  const [row] = await rows();
  expect(JSON.stringify(row?.payload)).toBe('{"a":{"b":1},"constructor":{"prototype":{"y":1}}}');
  expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
});

test('characters that a database can not keep do not stop a delivery', async () => {
  const { url, rows } = await open();
  expect((await deliver(url, { body: '{"title":"a\\u0000b\\ud800c","emoji":"\\ud83e\\ude99"}' })).status).toBe(202);
  expect((await rows())[0]?.payload).toEqual({ title: 'a\uFFFDb\uFFFDc', emoji: '🪙' });
});

test('503 soon when the database is away', async () => {
  const away = openPool({ url: 'postgres://nobody@127.0.0.1:1/nothing', name: 'away' });
  onTestFinished(() => away.end());
  const { url, told } = await listen(({ guid, event, payload }) => storeInbox(away, { key: guid, kind: event, subject: guid, payload }));
  const before = performance.now();
  expect((await deliver(url)).status).toBe(503);
  expect(performance.now() - before).toBeLessThan(5_000);
  expect(told[0]).toMatchObject({ status: 503, error: expect.anything() as unknown });
});

test.each([['', 'is empty'], ['short', 'is short'], ['x'.repeat(31), 'has 31 characters']])('it does not start with a secret that %s', (weak) => {
  expect(() => createReceiver({ secrets: { current: weak }, store: () => Promise.resolve(true) })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error);
  expect(() => createReceiver({ secrets: { current: secret, previous: weak }, store: () => Promise.resolve(true) })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error);
});
