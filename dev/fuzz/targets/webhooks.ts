import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { duplexPair } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { readFacts } from '../../../apps/github-app/src/life/facts.ts';
import { isArrival, isCopy } from '../../../apps/github-app/src/life/move.ts';
import { mayCommand, readDelivery, subjectOf } from '../../../apps/github-app/src/webhooks/delivery.ts';
import { readPayload } from '../../../apps/github-app/src/webhooks/payload.ts';
import { createReceiver, eventForm, guidForm, type Delivery } from '../../../apps/github-app/src/webhooks/receive.ts';
import { firstLine, hold, type Target } from '../target.ts';

const at = '2026-01-02T03:04:05Z';
const person = { id: 7, login: 'ada', type: 'User' };
const text = { id: 22, html_url: 'https://github.example/a/b/issues/3', body: '$usdc:5$', user: person, created_at: at, updated_at: at };
const issue = { ...text, number: 3, title: 'A bug', state: 'open', locked: false, labels: [{ name: 'bug' }] };
const shared = { sender: person, installation: { id: 5 }, repository: { id: 11, full_name: 'a/b', language: 'C' } };
const payloads: Readonly<Record<string, object>> = {
  issue_comment: { action: 'edited', ...shared, issue, comment: { ...text, performed_via_github_app: null }, changes: { body: { from: '$usdc:4$' } } },
  issues: { action: 'opened', ...shared, issue, changes: { old_issue: { id: 2 } } },
  pull_request: { action: 'opened', ...shared, pull_request: issue },
  pull_request_review: { action: 'submitted', ...shared, review: { ...text, submitted_at: at }, pull_request: issue },
  pull_request_review_comment: { action: 'deleted', ...shared, comment: text, pull_request: issue },
};

const isInstant = (date: Date | undefined): boolean => date === undefined || !Number.isNaN(date.getTime());

/** The event on the first line, then the body of a delivery. */
const payload: Target = {
  name: 'webhook-payload',
  words: ['"__proto__":', '"action":"deleted"', '"issue":', '"pull_request":{}', '"user":null', '\\u0000', '\\ud83d', 'ghost', '[bot]', 'a/..', at],
  samples: () => Object.entries(payloads).map(([event, body]) => `${event}\n${JSON.stringify(body)}`),
  run(bytes) {
    const { line: event, rest } = firstLine(bytes);
    const read = readPayload(rest);
    if (read === undefined) return 'no object';
    // It becomes a row, and PostgreSQL has neither of these in JSON.
    const stored = JSON.stringify(read);
    hold(!/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i.test(stored), 'a stored payload holds a NUL or half a character');
    hold(!/"__proto__":/.test(stored), 'a stored payload has a key that changes prototypes');
    hold(subjectOf('guid', read).length < 60, 'a subject is longer than two ids');
    isCopy(event, read, new Date(at));
    const facts = readFacts(read['issue'] ?? read['pull_request']);
    hold(isInstant(facts?.updatedAt) && isInstant(facts?.closedAt), 'a fact has a time that is none');
    const reading = readDelivery(event, read);
    if ('ignored' in reading) return `${reading.ignored} ${String(isArrival(event, read))} ${String(facts !== undefined)}`;
    const { sighting } = reading;
    hold(isInstant(sighting.updatedAt), 'a text has a time that is none');
    hold(/^[\w-]+\/[\w.-]+$/.test(sighting.repository.fullName) && !/\/\.{1,2}$/.test(sighting.repository.fullName), 'a repository leads elsewhere');
    for (const id of [sighting.sender.id, sighting.author?.id, sighting.source.id, sighting.issue.id, sighting.repository.id]) hold(id === undefined || /^[1-9]\d{0,15}$/.test(id), `${String(id)} is no id`);
    hold(sighting.issue.number >= 1 && sighting.issue.number < 2 ** 31, 'a number that no column holds');
    return `${sighting.source.kind} ${sighting.change} ${String(mayCommand(sighting))}`;
  },
};

const secret = 'a webhook secret of the fuzzer, 32 characters and more';
const body = JSON.stringify({ action: 'created', ...shared });
const head = (lines: readonly string[]) => ['POST / HTTP/1.1', 'host: x', ...lines].join('\r\n');
const statuses = new Set([202, 400, 401, 405, 408, 413, 415, 417, 431, 503, 505]);

/** A whole request as it comes from the network; `{signature}` stands for the right one of the body. */
const request: Target = {
  name: 'webhook-request',
  words: ['{signature}', 'sha256=', 'transfer-encoding: chunked\r\n', 'content-length: 0\r\n', 'content-length: 99999999999\r\n', 'expect: 100-continue\r\n', 'x-github-delivery: b\r\n', 'GET / HTTP/1.1\r\n', '\r\n\r\n', '0\r\n\r\n', 'content-encoding: gzip\r\n', 'upgrade: websocket\r\nconnection: upgrade\r\n'],
  samples: () => [
    `${head(['content-type: application/json', 'x-github-event: issue_comment', 'x-github-delivery: 0a1b', 'x-hub-signature-256: {signature}', `content-length: ${String(body.length)}`])}\r\n\r\n${body}`,
    `${head(['content-type: application/json; charset=utf-8', 'x-github-event: ping', 'x-github-delivery: 0a1c', 'x-hub-signature-256: {signature}', 'transfer-encoding: chunked'])}\r\n\r\n`,
    'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n',
  ],
  async run(bytes) {
    const raw = Buffer.from(bytes).toString('latin1');
    const behind = raw.indexOf('\r\n\r\n');
    const signed = Buffer.from(behind === -1 ? '' : raw.slice(behind + 4), 'latin1');
    const sent = raw.replaceAll('{signature}', `sha256=${createHmac('sha256', secret).update(signed).digest('hex')}`);
    const kept: Delivery[] = [];
    const server = createServer(createReceiver({ secrets: { current: secret }, store: (delivery) => { kept.push(delivery); return Promise.resolve(true); } }));
    const [client, socket] = duplexPair();
    server.emit('connection', socket);
    let answer = '';
    client.on('data', (chunk: Buffer) => { answer += chunk.toString('latin1'); }).on('error', () => undefined);
    socket.on('error', () => undefined);
    client.write(Buffer.from(sent, 'latin1'));
    for (let turns = 0; turns < 8 && answer === ''; turns++) await turn();
    client.destroy();
    socket.destroy();
    for (const { guid, event, payload: read } of kept) hold(guidForm.test(guid) && eventForm.test(event) && typeof read === 'object', 'something was stored that is no delivery');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
    hold(status === 0 || status === 100 || statuses.has(status), `it answered ${String(status)}`);
    hold(kept.length === 0 || raw.includes('{signature}'), 'it stored what nobody signed');
    return `${String(status)} ${String(kept.length > 0)}`;
  },
};

export const webhooks: readonly Target[] = [payload, request];
