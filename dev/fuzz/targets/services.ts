import { create, createIdentityClient, createRpcServer, newServiceToken, parseCallers, identity, IdentityService, route, TreasuryService, unimplemented } from '@doubloon/rpc';
import { childTraceparent, createLogger, parseTraceparent } from '@doubloon/service';
import { networkOf } from '@doubloon/service/network-of';
import { bountyEvent, decodeEvent, encodeEvent, toRecord } from '@doubloon/events';
import { acceptRecords } from '../../../packages/events/src/accept-records.ts';
import { createServer } from 'node:http';
import { isIPv6, type AddressInfo } from 'node:net';
import { firstLine, hold, textOf, type Target } from '../target.ts';

const { token, hash } = newServiceToken(() => Buffer.alloc(32, 7));
const log = createLogger({ name: 'fuzz', level: 'silent' });
const everybody = (service: typeof IdentityService | typeof TreasuryService) => Object.fromEntries(service.methods.map(({ localName }) => [localName, ['web']]));
const server = createRpcServer({
  routes: [
    route(IdentityService, { methods: { ...unimplemented(IdentityService), getIdentity: ({ githubId, login }) => ({ identity: { wallet: `${githubId} ${login}`.slice(0, 200) } }) }, callers: everybody(IdentityService) as never }),
    route(TreasuryService, { methods: unimplemented(TreasuryService), callers: everybody(TreasuryService) as never }),
  ],
  tokens: parseCallers(JSON.stringify({ web: hash })), log,
});
const methods = [IdentityService, TreasuryService].flatMap((service) => service.methods.map(({ name }) => `${service.typeName}/${name}`));
const statuses = new Set([200, 400, 401, 403, 404, 405, 408, 412, 413, 415, 429, 499, 501, 504]);

/** Method, `json` or `proto`, then the message. */
const request: Target = {
  name: 'rpc-request',
  words: ['{"githubId":"7"}', '{"login":"ada"}', '"__proto__":{"polluted":1},', '\n\u0001', '\u0012', ...methods.slice(0, 6)],
  samples: () => [`${methods[0] ?? ''} json\n{"githubId":"7","login":"ada"}`, ...methods.map((method) => `${method} json\n{}`), ...methods.slice(0, 8).map((method) => Buffer.concat([Buffer.from(`${method} proto\n`), Buffer.of(0x0a, 1, 0x37, 0x12, 3, 97, 100, 97)]))],
  async run(bytes) {
    const { line, rest } = firstLine(bytes);
    const [name = '', kind = ''] = line.split(' ');
    const method = methods.includes(name) ? name : 'doubloon.identity.v1.IdentityService/GetIdentity';
    const answer = await server.inject({ method: 'POST', url: `/${method}`, headers: { authorization: `Bearer ${token}`, 'content-type': kind === 'proto' ? 'application/proto' : 'application/json', 'connect-protocol-version': '1' }, payload: Buffer.from(rest) });
    // The library's word for binary that is none; who may call at all was checked before.
    const isUnreadable = answer.statusCode === 500 && answer.body.includes('"parse binary');
    hold(isUnreadable || statuses.has(answer.statusCode), `it answered ${String(answer.statusCode)}: ${answer.body.slice(0, 200)}`);
    return `${method} ${kind === 'proto' ? 'proto' : 'json'} ${String(answer.statusCode)}`;
  },
};

let replying: Promise<{ client: ReturnType<typeof createIdentityClient>; say(status: number, bytes: Uint8Array): void }> | undefined;
const replier = () => (replying ??= (async () => {
  let said: { status: number; bytes: Uint8Array } = { status: 200, bytes: new Uint8Array() };
  const far = createServer((_request, response) => { response.writeHead(said.status, { 'content-type': said.status === 200 ? 'application/proto' : 'application/json' }).end(said.bytes); });
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
  far.unref();
  const url = `http://127.0.0.1:${String((far.address() as AddressInfo).port)}`;
  return { client: createIdentityClient({ url, token, caller: 'web' }), say: (status, bytes) => { said = { status, bytes }; } };
})());
const failureOf = (code: string, facts: object) => JSON.stringify({ code: 'failed_precondition', message: 'x', details: [{ type: 'doubloon.errors.v1.Failure', value: Buffer.concat([Buffer.of(0x0a, code.length), Buffer.from(code), Buffer.of(0x12, JSON.stringify(facts).length), Buffer.from(JSON.stringify(facts))]).toString('base64') }] });

/** The status, then what a service answers a client of ours. */
const reply: Target = {
  name: 'rpc-reply',
  words: ['200\n', '412\n', '500\n', '"details":[]', '"type":"doubloon.errors.v1.Failure"', '"code":"unavailable"', '\n\u0001'],
  samples: () => [Buffer.concat([Buffer.from('200\n'), Buffer.of(0x0a, 3, 0x0a, 1, 0x37)]), `412\n${failureOf('CONFIG_INVALID', { problems: ['a', 'b'] })}`, `412\n${failureOf('RATE_LIMITED', { retryAfterMs: 5 })}`, `404\n${failureOf('NEW_CODE', {})}`, '503\n<html>'],
  codes: ['SERVICE_UNAVAILABLE', 'REQUEST_INVALID', 'UNKNOWN_FAILURE', 'CONFIG_INVALID', 'RATE_LIMITED', 'UNAUTHENTICATED', 'UNIMPLEMENTED', 'DEADLINE_EXCEEDED', 'FORBIDDEN'],
  async run(bytes) {
    const { line, rest } = firstLine(bytes);
    const { client, say } = await replier();
    const status = Number(line);
    say(Number.isInteger(status) && status >= 200 && status <= 599 && status !== 204 && status !== 304 ? status : 200, rest);
    const answer = await client.getIdentity({ githubId: '7' });
    hold(answer.identity === undefined || typeof answer.identity.wallet === 'string', 'an answer of another shape');
    return `answered ${String(answer.identity !== undefined)} ${String(create(identity.GetIdentityResponseSchema, answer).identity?.wallet.length ?? 0 > 0)}`;
  },
};

const deposit = 'L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95';
const funded = bountyEvent('funded', { subject: '11/22', id: 'e1', time: new Date('2026-01-02T03:04:05Z'), sequence: 3n, data: { denom: 'sol', amount: '5', deposit, funder: deposit, deadline: '2026-03-02T03:04:05Z' } });

const record: Target = {
  name: 'event-record',
  words: ['"specversion":"1.0"', '"type":"dev.doubloon.bounty.paid.v1"', '"type":"dev.doubloon.new.v9"', '"sequence":"00000000000000000003"', '"subject":"11/22"', '"traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"', '"data":{}', '\\u0000'],
  samples: () => [encodeEvent(funded)],
  codes: ['EVENT_MALFORMED', 'EVENT_TYPE_UNKNOWN'],
  run(bytes) {
    const event = decodeEvent(textOf(bytes));
    hold(JSON.stringify(decodeEvent(encodeEvent(event))) === JSON.stringify(event), 'an event is another one when it is read again');
    hold(!Number.isNaN(Date.parse(event.time)), 'an event at no time');
    hold(acceptRecords('bounty', [toRecord(event)]).length === 1, 'what was read can not be written');
    return event.type;
  },
};

const headers: Target = {
  name: 'request-headers',
  words: ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '::ffff:127.0.0.1', '2001:db8::1', 'fe80::1%eth0', '::', '1:2:3:4:5:6:7:8', '64:ff9b::1.2.3.4', ':'],
  samples: () => ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '2001:db8:1:2:3::9', '::ffff:10.0.0.1', '10.0.0.1'],
  run(bytes) {
    const { line } = firstLine(bytes);
    const trace = parseTraceparent(line);
    hold(parseTraceparent(childTraceparent(line)) !== undefined, 'a span of no trace');
    hold(trace === undefined || childTraceparent(line).includes(trace.traceId), 'the trace of a caller is lost');
    const network = networkOf(line);
    hold(network.length <= 64 && (!isIPv6(line) || !/NaN|undefined/.test(network)), `${network} is no network`);
    if (isIPv6(line) && !line.includes('.')) hold(isIPv6(network.replace('/64', '')), `${network} is no network`);
    if (isIPv6(line) && !line.includes('.') && !line.includes('%')) hold(networkOf(new URL(`http://[${line}]/`).hostname.slice(1, -1)) === network || /^(?:0*:)*:?ffff:/i.test(line) || new URL(`http://[${line}]/`).hostname.includes('.'), 'one address has two networks by its writing');
    return `${String(trace !== undefined)} ${String(isIPv6(line))}`;
  },
};

export const services: readonly Target[] = [request, reply, record, headers];
