import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openTestDatabase } from '@doubloon/postgres/testing';
import { newServiceToken } from '@doubloon/rpc';
import { startProcess } from '@doubloon/service/testing';
import { clientOf, keyFile, newKey, openHome, openSurroundings, type Surroundings } from '../testing/instance.ts';

let around: Surroundings;
beforeAll(async () => { around = await openSurroundings(); }, 60_000);
afterAll(() => around[Symbol.asyncDispose]());

const start = (env: Readonly<Record<string, string>>) => startProcess(join(import.meta.dirname, 'main.ts'), { ...env, LOG_LEVEL: 'info' });

/** The same database by another port, until it is cut: then every connection breaks and none is taken any more. */
async function throughProxy(databaseUrl: string): Promise<{ url: string; cut(): void }> {
  const { hostname, port } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const far = connect(Number(port), hostname);
    for (const one of [socket, far]) sockets.add(one.on('error', () => undefined));
    socket.pipe(far).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    server.close();
    for (const one of sockets) one.destroy();
  };
  onTestFinished(cut);
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return { url: url.href, cut };
}

test('it starts on real parts, says so, answers by RPC, leaves on SIGTERM with 0, and leaves no connection behind', async () => {
  const home = await openHome(around);
  const connections = async () => (await home.database.pool.query("select from pg_stat_activity where application_name = 'identity' and datname = current_database()")).rowCount;
  const service = start(home.env);
  const { url } = await service.logged('listening');
  await service.logged('started');
  await expect(service.probe('/readyz')).resolves.toBe(200);
  expect(await connections()).toBeGreaterThan(0);
  const client = clientOf(String(url), home);
  await expect(client.getSession({ session: 'x' })).rejects.toMatchObject({ code: 'SESSION_ABSENT' });
  await expect(client.authorize({})).rejects.toMatchObject({ code: 'FORBIDDEN' });
  service.kill('SIGTERM');
  await expect(service.ended).resolves.toBe(0);
  await expect(client.getIdentity({})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await expect.poll(connections, { timeout: 5_000 }).toBe(0);
}, 60_000);

test('a database that was never migrated is a failed start with a sentence', async () => {
  const empty = await openTestDatabase();
  onTestFinished(() => empty[Symbol.asyncDispose]());
  const { env } = await openHome(around);
  const service = start({ ...env, DATABASE_URL: empty.url });
  await expect(service.ended).resolves.toBe(1);
  expect(service.stderr()).toMatch(/^identity failed: The database schema is at version 0, this program needs \d+: run the migrations first\.\n$/);
}, 60_000);

test('it lists everything that is wrong with its configuration, without a value', async () => {
  const { env } = await openHome(around);
  const open = keyFile(newKey(), { mode: 0o604 });
  const service = start({ ...env, IDENTITY_ATTESTOR_KEY_FILE: open, IDENTITY_NEXT_ATTESTOR_KEY_FILE: join(import.meta.dirname, 'main.ts'), DATABASE_URL: 'mysql://root:hunter2@db/x', IDENTITY_CALLERS: '{"web":"hunter2"}', IDENTITY_CALERS: 'hunter2', IDENTITY_OPERATOR: 'hunter2', PORT: 'hunter2' });
  await expect(service.ended).resolves.toBe(1);
  const problems = service.stderr().trim().split('\n');
  expect(problems[0]).toBe("identity can't start, its configuration is not usable:");
  expect(problems).toEqual(expect.arrayContaining([
    '  PORT is not a whole number from 0 to 65535',
    '  DATABASE_URL is not a URL that begins with postgres:// or postgresql://',
    '  IDENTITY_OPERATOR is not of the form that is expected',
    "  IDENTITY_ATTESTOR_KEY_FILE can be read by every user of this machine: take that right away",
    '  IDENTITY_CALLERS has no sha256 in lower-case hexadecimal for web',
    '  IDENTITY_CALERS is not a setting, the nearest is IDENTITY_CALLERS',
  ]));
  expect(service.stderr()).not.toContain('hunter2');
  expect(service.lines).toEqual([]);
}, 60_000);

test('an operator that the chain does not have, and a database of another chain, are failed starts with a sentence', async () => {
  const home = await openHome(around);
  const without = start({ ...home.env, IDENTITY_OPERATOR: newKey().address });
  await expect(without.ended).resolves.toBe(1);
  expect(without.stderr()).toContain('IDENTITY_OPERATOR: there is no such account on this chain');
  await home.database.pool.query("insert into cluster (genesis_hash, pinned_at) values ('5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d', now())");
  const elsewhere = start(home.env);
  await expect(elsewhere.ended).resolves.toBe(1);
  expect(elsewhere.stderr()).toMatch(/^identity failed: .*5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d/);
}, 60_000);

test('a database that goes away makes it not ready, its calls say so, and it stays alive', async () => {
  const home = await openHome(around);
  const { cut, url } = await throughProxy(home.env['DATABASE_URL'] ?? '');
  const service = start({ ...home.env, DATABASE_URL: url });
  const client = clientOf(String((await service.logged('listening'))['url']), home);
  await service.logged('started');
  cut();
  await expect(client.getSession({ session: newServiceToken().token.slice(0, 43).padEnd(43, 'x') })).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await expect.poll(() => service.probe('/readyz'), { timeout: 20_000 }).toBe(503);
  await expect(service.probe('/livez')).resolves.toBe(200);
  service.kill('SIGTERM');
  await expect(service.ended).resolves.toBe(0);
}, 60_000);
