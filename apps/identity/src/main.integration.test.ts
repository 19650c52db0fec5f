import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { migrationsFolder } from '@doubloon/postgres';
import { testDatabase } from '@doubloon/postgres/testing';
import { createIdentityClient, newServiceToken } from '@doubloon/rpc';
import { startProcess } from '@doubloon/service/testing';

const start = (env: Record<string, string>) => startProcess(join(import.meta.dirname, 'main.ts'), env);

async function settings(folder?: string) {
  const { url, pool } = await testDatabase(folder);
  const { token, hash } = newServiceToken();
  return { env: { DATABASE_URL: url, IDENTITY_CALLERS: JSON.stringify({ web: hash }) }, pool, token };
}

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

test('it starts on a real database, says so, answers by RPC, and leaves on SIGTERM with 0', async () => {
  const { env, token } = await settings(migrationsFolder('identity'));
  const service = start(env);
  const { url } = await service.logged('listening');
  await service.logged('started');
  await expect(service.probe('/readyz')).resolves.toBe(200);
  const client = createIdentityClient({ url: String(url), token, caller: 'web' });
  await expect(client.getIdentity({ githubId: '583231' })).rejects.toMatchObject({ code: 'UNIMPLEMENTED' });
  await expect(client.authorize({})).rejects.toMatchObject({ code: 'FORBIDDEN' });
  service.kill('SIGTERM');
  await expect(service.ended).resolves.toBe(0);
  await expect(client.getIdentity({})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});

test('a database that was never migrated is a failed start with a sentence', async () => {
  const { env } = await settings();
  const service = start(env);
  await expect(service.ended).resolves.toBe(1);
  expect(service.stderr()).toBe('identity failed: The database schema is at version 0, this program needs 1: run the migrations first.\n');
});

test('it leaves no connection behind in the database', async () => {
  const { env, pool } = await settings(migrationsFolder('identity'));
  const connections = async () => (await pool.query("select from pg_stat_activity where application_name = 'identity' and datname = current_database()")).rowCount;
  const service = start(env);
  await service.logged('started');
  expect(await connections()).toBeGreaterThan(0);
  service.kill('SIGINT');
  await expect(service.ended).resolves.toBe(0);
  await expect.poll(connections, { timeout: 5_000 }).toBe(0);
});

test('it lists everything that is wrong with its configuration, without a value', async () => {
  const service = start({ DATABASE_URL: 'mysql://root:hunter2@db/x', IDENTITY_CALLERS: '{"web":"hunter2"}', IDENTITY_CALERS: 'hunter2', PORT: 'hunter2', LOG_LEVEL: 'hunter2' });
  await expect(service.ended).resolves.toBe(1);
  expect(service.stderr().trim().split('\n')).toEqual([
    "identity can't start, its configuration is not usable:",
    '  PORT is not a whole number from 0 to 65535',
    '  LOG_LEVEL is not one of fatal, error, warn, info, debug, trace, silent',
    '  DATABASE_URL is not a URL that begins with postgres:// or postgresql://',
    '  IDENTITY_CALLERS has no sha256 in lower-case hexadecimal for web',
    '  IDENTITY_CALERS is not a setting, the nearest is IDENTITY_CALLERS',
  ]);
  expect(service.lines).toEqual([]);
});

test('a database that goes away makes it not ready, and it stays alive', async () => {
  const { env } = await settings(migrationsFolder('identity'));
  const { cut, url } = await throughProxy(env.DATABASE_URL);
  const service = start({ ...env, DATABASE_URL: url });
  await service.logged('started');
  cut();
  await expect.poll(() => service.probe('/readyz'), { timeout: 20_000 }).toBe(503);
  await expect(service.probe('/livez')).resolves.toBe(200);
  service.kill('SIGTERM');
  await expect(service.ended).resolves.toBe(0);
}, 30_000);
