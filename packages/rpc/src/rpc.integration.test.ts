import { createServer, request as httpRequest } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import type { ServiceImpl } from '@connectrpc/connect';
import { expect, onTestFinished, test, vi } from 'vitest';
import { DoubloonError } from '@doubloon/errors';
import { correlationId, createLogger, createMetrics, currentTraceparent, withTrace } from '@doubloon/service';
import { callerIn, createIdentityClient, createRpcServer, IdentityService, newServiceToken, parseCallers, route, unimplemented, type IdentityClient, type RpcOptions } from './index.ts';

const getIdentity = 'doubloon.identity.v1.IdentityService/GetIdentity';
const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const nobody = { beginSession: [], completeOAuth: [], getSession: [], endSession: [], buildLink: [], submitLink: [], getRules: [] };

/** A real server and a real client of it; `lines` is what the server logs. */
async function serve(methods: Partial<ServiceImpl<typeof IdentityService>>, options: Partial<RpcOptions> & { clientTimeoutMs?: number } = {}) {
  const { token, hash } = newServiceToken();
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({ name: 'callee', to: { write: (line: string) => { lines.push(JSON.parse(line) as Record<string, unknown>); } } });
  const routes = [route(IdentityService, { methods: { ...unimplemented(IdentityService), ...methods }, callers: { ...nobody, getIdentity: ['web'], authorize: ['treasury'] } })];
  const server = createRpcServer({ routes, tokens: parseCallers(JSON.stringify({ web: hash })), log, ...options });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  const connect = (as: string): IdentityClient => createIdentityClient({ url, token: as, caller: 'web', ...(options.clientTimeoutMs === undefined ? {} : { timeoutMs: options.clientTimeoutMs }) });
  return { server, url, token, lines, connect, client: connect(token) };
}

/** One POST as a stranger would write it. */
function post(url: string, { headers = {}, body = '{}', path = getIdentity, method = 'POST' }: { headers?: Record<string, string>; body?: string | Buffer; path?: string; method?: string }): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}/${path}`, { method, headers: { 'content-type': 'application/json', ...headers }, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).on('end', () => { resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }); });
    });
    request.on('error', reject).end(method === 'GET' ? undefined : body);
  });
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => { server.close(() => { resolve(); }); }));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

test('a call reaches the method with the name its token proves, and its answer comes back', async () => {
  const { client } = await serve({ getIdentity: ({ githubId }, context) => ({ identity: { wallet: `${callerIn(context)} asked for ${githubId}` } }) });
  await expect(client.getIdentity({ githubId: '583231' })).resolves.toMatchObject({ identity: { wallet: 'web asked for 583231' } });
});

test('a wrong token and no token are UNAUTHENTICATED, and the method is not run', async () => {
  const method = vi.fn(() => ({}));
  const { url, connect, lines } = await serve({ getIdentity: method });
  await expect(connect(newServiceToken().token).getIdentity({})).rejects.toMatchObject({ code: 'UNAUTHENTICATED', facts: { method: getIdentity } });
  await expect(post(url, {})).resolves.toMatchObject({ status: 401 });
  expect(method).not.toHaveBeenCalled();
  expect(lines.filter(({ msg }) => msg === 'rpc turned away')).toMatchObject([{ method: getIdentity, code: 'UNAUTHENTICATED' }, { code: 'UNAUTHENTICATED' }]);
});

test('a caller that the method does not name is FORBIDDEN', async () => {
  const method = vi.fn(() => ({ allowed: true }));
  const { client } = await serve({ authorize: method });
  await expect(client.authorize({})).rejects.toMatchObject({ code: 'FORBIDDEN', facts: { caller: 'web', method: 'doubloon.identity.v1.IdentityService/Authorize' } });
  expect(method).not.toHaveBeenCalled();
});

test('a failure of the catalogue crosses with its facts', async () => {
  const { client } = await serve({ getIdentity: () => { throw new DoubloonError('CONFIG_INVALID', { problems: ['one', 'two'] }, { cause: new Error('hidden detail') }); } });
  const failure: unknown = await client.getIdentity({}).catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'DoubloonError', code: 'CONFIG_INVALID', facts: { problems: ['one', 'two'] } });
});

test('any other error is INTERNAL with a reference that is logged once, and tells the caller nothing else', async () => {
  const { url, token, lines } = await serve({ getIdentity: () => { throw new TypeError('secret detail'); } });
  const answer = await post(url, { headers: { authorization: `Bearer ${token}`, traceparent: parent } });
  expect(answer.status).toBe(500);
  expect(answer.body).not.toContain('secret detail');
  expect(lines.filter(({ msg }) => msg === 'rpc failed')).toMatchObject([{ reference: '4bf92f3577b34da6a3ce929d0e0e4736', method: getIdentity, caller: 'web', err: { message: 'secret detail' } }]);
  expect(answer.body).toContain('4bf92f3577b34da6a3ce929d0e0e4736');
});

test('the deadline of the caller aborts the signal of the method', async () => {
  const aborted = Promise.withResolvers<unknown>();
  const { client } = await serve({
    getIdentity: async (_request, { signal }) => {
      await new Promise((resolve) => { signal.addEventListener('abort', resolve, { once: true }); });
      aborted.resolve(signal.reason);
      signal.throwIfAborted();
      return {};
    },
  });
  await expect(client.getIdentity({}, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', facts: { method: getIdentity } });
  await expect(aborted.promise).resolves.toBeDefined();
});

test('a method that ignores its signal does not keep a caller without a deadline waiting', async () => {
  const { url, token } = await serve({ getIdentity: () => new Promise(() => undefined) }, { defaultTimeoutMs: 50 });
  const answer = await post(url, { headers: { authorization: `Bearer ${token}` } });
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'deadline_exceeded' });
});

test.each(['x', '-1', '1.5', '20001', '99999999999'])('the deadline %j is refused', async (timeout) => {
  const { url, token } = await serve({ getIdentity: () => ({}) });
  const answer = await post(url, { headers: { authorization: `Bearer ${token}`, 'connect-timeout-ms': timeout } });
  expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('invalid_argument') as string });
});

test('a caller that aborts gets the reason of its own signal', async () => {
  const begun = Promise.withResolvers<undefined>();
  const { client } = await serve({ getIdentity: () => { begun.resolve(undefined); return new Promise(() => undefined); } });
  const giveUp = new AbortController();
  const call = client.getIdentity({}, { signal: giveUp.signal });
  await begun.promise;
  giveUp.abort(new Error('the person left'));
  await expect(call).rejects.toThrow('the person left');
});

test('a stop lets the call under way finish, and takes no new one', async () => {
  const [begun, release] = [Promise.withResolvers<undefined>(), Promise.withResolvers<{ identity: { wallet: string } }>()];
  const { server, client } = await serve({ getIdentity: () => { begun.resolve(undefined); return release.promise; } });
  const underWay = client.getIdentity({});
  await begun.promise;
  const closed = server.close();
  await expect.poll(() => server.server.listening, { timeout: 5_000 }).toBe(false);
  await expect(client.getIdentity({})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  release.resolve({ identity: { wallet: 'finished' } });
  await expect(underWay).resolves.toMatchObject({ identity: { wallet: 'finished' } });
  await closed;
});

test('a message over the limit is REQUEST_INVALID', async () => {
  const { client } = await serve({ getIdentity: () => ({}) }, { maxBytes: 1024 });
  await expect(client.getIdentity({ githubId: '1'.repeat(2000) })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  await expect(client.getIdentity({ githubId: '1'.repeat(1000) })).resolves.toBeDefined();
});

test('who is calling is checked before the message arrives', async () => {
  const { url } = await serve({});
  const status = await new Promise((resolve, reject) => {
    const request = httpRequest(`${url}/${getIdentity}`, { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': '1000000' }, agent: false }, (response) => {
      resolve(response.statusCode);
      request.destroy();
    });
    request.on('error', reject);
    request.flushHeaders();
  });
  expect(status).toBe(401);
});

test.each([
  ['a compressed message', { headers: { 'content-encoding': 'gzip' } }, 501], ['a message that is no JSON', { body: '{' }, 400], ['a field of another type', { body: '{"githubId":1}' }, 400],
  ['gRPC', { headers: { 'content-type': 'application/grpc' } }, 415], ['text', { headers: { 'content-type': 'text/plain' } }, 415], ['GET', { method: 'GET' }, 405], ['a method that does not exist', { path: 'doubloon.identity.v1.IdentityService/Nothing' }, 404],
] as const)('%s is refused', async (_, { headers = {}, ...rest }: { headers?: Record<string, string>; body?: string; path?: string; method?: string }, status) => {
  const { url, token } = await serve({ getIdentity: () => ({}) });
  await expect(post(url, { ...rest, headers: { authorization: `Bearer ${token}`, ...headers } })).resolves.toMatchObject({ status });
});

test('keys of the prototype in a message are nothing but unknown fields', async () => {
  const { url, token } = await serve({ getIdentity: ({ githubId }) => ({ identity: { wallet: `[${githubId}]${String((githubId as unknown as Record<string, unknown>)['polluted'])}` } }) });
  const answer = await post(url, { headers: { authorization: `Bearer ${token}` }, body: '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"githubId":"7"}' });
  expect(JSON.parse(answer.body)).toEqual({ identity: { wallet: '[7]undefined' } });
});

test('one trace goes through two services, each hop with a span of its own', async () => {
  const seen: (string | undefined)[] = [];
  const far = await serve({ getIdentity: () => { seen.push(currentTraceparent()); return { identity: { wallet: correlationId() ?? '' } }; } });
  const near = await serve({ getIdentity: async () => { seen.push(currentTraceparent()); return far.client.getIdentity({}); } });
  const { identity } = await withTrace(parent, () => near.client.getIdentity({}));
  expect(identity?.wallet).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  expect(new Set(seen.map((traceparent) => traceparent?.slice(0, 35)))).toEqual(new Set([parent.slice(0, 35)]));
  expect(new Set([...seen, parent]).size).toBe(3);
});

test('an answer names its trace, a refused one too', async () => {
  const { url, token } = await serve({ getIdentity: () => ({}) });
  const headers = { authorization: `Bearer ${token}`, traceparent: parent };
  await expect(post(url, { headers })).resolves.toMatchObject({ headers: { 'x-correlation-id': '4bf92f3577b34da6a3ce929d0e0e4736' } });
  await expect(post(url, { headers: { traceparent: parent } })).resolves.toMatchObject({ status: 401, headers: { 'x-correlation-id': '4bf92f3577b34da6a3ce929d0e0e4736' } });
});

test('calls are counted by method and code', async () => {
  const metrics = createMetrics('callee');
  const { client } = await serve({ getIdentity: ({ githubId }) => { if (githubId === '') throw new DoubloonError('REQUEST_INVALID', { problem: 'no id' }); return {}; } }, { metrics });
  await client.getIdentity({ githubId: '1' });
  await client.getIdentity({}).catch(() => undefined);
  const counts = (await metrics.metrics()).split('\n').filter((line) => line.startsWith('doubloon_rpc_duration_seconds_count'));
  expect(counts).toEqual(['OK', 'REQUEST_INVALID'].map((code) => `doubloon_rpc_duration_seconds_count{app="callee",method="${getIdentity}",code="${code}"} 1`));
});

test('a service that is not there is SERVICE_UNAVAILABLE with its cause, and asked once', async () => {
  const closed = createTcpServer();
  const url = await new Promise<string>((resolve) => closed.listen(0, '127.0.0.1', () => {
    const { port } = closed.address() as AddressInfo;
    closed.close(() => { resolve(`http://127.0.0.1:${String(port)}`); });
  }));
  const client = createIdentityClient({ url, token: 'x', caller: 'web' });
  await expect(client.getIdentity({})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', facts: { service: 'identity' }, cause: { cause: { code: 'ECONNREFUSED' } } });
});

test('a connection that breaks in the middle is SERVICE_UNAVAILABLE, and the call is not tried again', async () => {
  let arrived = 0;
  const url = await listening(createServer((request) => { arrived += 1; request.socket.destroy(); }));
  await expect(createIdentityClient({ url, token: 'x', caller: 'web' }).getIdentity({})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(arrived).toBe(1);
});

test('a service that never answers is DEADLINE_EXCEEDED', async () => {
  const url = await listening(createServer(() => undefined));
  await expect(createIdentityClient({ url, token: 'x', caller: 'web', timeoutMs: 50 }).getIdentity({})).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
});

test.each([[502, '<html>bad gateway</html>'], [200, 'not what was asked for'], [500, '{"code":"internal"}']])('an answer %i that is not of our service is SERVICE_UNAVAILABLE', async (status, body) => {
  const url = await listening(createServer((_request, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body)));
  await expect(createIdentityClient({ url, token: 'x', caller: 'web' }).getIdentity({})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});
