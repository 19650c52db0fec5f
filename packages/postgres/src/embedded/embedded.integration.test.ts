import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startChild } from '../../testing/child.ts';
import { binariesFolder, canEnter } from './binaries.ts';
import { startEmbeddedPostgres } from './index.ts';

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function ask(url: string, sql: string): Promise<unknown[]> {
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  try {
    return (await db.query<Record<string, unknown>>(sql)).rows.flatMap(Object.values);
  } finally {
    await db.end();
  }
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'doubloon-test-'));
  await chmod(folder, 0o711);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('disposing leaves neither a process nor a folder', async () => {
  const server = await startEmbeddedPostgres({ durable: false });
  const [folder] = await ask(server.url, 'show data_directory') as [string];
  expect(await ask(server.url, 'show server_version_num')).toEqual([expect.stringMatching(/^18/)]);
  await server[Symbol.asyncDispose]();
  expect(isRunning(server.pid)).toBe(false);
  expect(existsSync(join(folder, '..'))).toBe(false);
  await server[Symbol.asyncDispose]();
});

test('only the one who knows the password gets in, and only from this machine', async () => {
  await using server = await startEmbeddedPostgres({ durable: false });
  const url = new URL(server.url);
  url.password = 'postgres';
  await expect(ask(url.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  expect(await ask(server.url, 'show listen_addresses')).toEqual(['127.0.0.1']);
});

test('a data folder keeps its data and its password, and commits are durable by default', async () => {
  const dataDir = join(await temporaryFolder(), 'data');
  const first = await startEmbeddedPostgres({ dataDir });
  const url = await first.createDatabase('treasury');
  expect(await first.createDatabase('treasury')).toBe(url);
  expect(await ask(url, 'show fsync')).toEqual(['on']);
  expect(await ask(url, 'show synchronous_commit')).toEqual(['on']);
  await ask(url, 'create table t as select 42 as answer');
  await first[Symbol.asyncDispose]();
  await using second = await startEmbeddedPostgres({ dataDir, port: first.port });
  expect(await ask(await second.createDatabase('treasury'), 'select answer from t')).toEqual([42]);
  expect(second.url).toBe(first.url);
});

test.each(['fast', 'immediate'] as const)('a restart, %s, ends the sessions, keeps what was committed, and leaves nothing behind', async (how) => {
  const server = await startEmbeddedPostgres({ durable: false });
  const [folder] = await ask(server.url, 'show data_directory') as [string];
  const { pid } = server;
  await ask(server.url, 'create table t as select 42 as answer');
  const session = new pg.Client({ connectionString: server.url });
  const lost = new Promise((resolve) => session.on('error', resolve));
  await session.connect();
  await server.restart(how);
  await lost;
  expect(isRunning(pid)).toBe(false);
  expect(server.pid).not.toBe(pid);
  expect(await ask(server.url, 'select answer from t')).toEqual([42]);
  await server.restart(how);
  await server[Symbol.asyncDispose]();
  expect(isRunning(server.pid)).toBe(false);
  expect(existsSync(join(folder, '..'))).toBe(false);
});

test('the server of a process that is killed stops, keeps what was committed, and can be started again', async () => {
  const dataDir = join(await temporaryFolder(), 'data');
  const child = startChild('owner-process.ts', { dataDir });
  await child.said('running');
  const pid = Number((await readFile(join(dataDir, 'pg', 'postmaster.pid'), 'utf8')).split('\n')[0]);
  expect(isRunning(pid)).toBe(true);
  await child.kill();
  await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
  await using again = await startEmbeddedPostgres({ dataDir });
  expect(await ask(again.url, 'select 1')).toEqual([1]);
});

test.each([
  ['while it runs', 'postmaster.pid', 'pg'],
  ['while its cluster is being created', 'PG_VERSION', 'pg.new'],
])('the temporary folder of a server goes away when its owner is killed %s', async (_when, file, part) => {
  const parent = await temporaryFolder();
  await chmod(parent, 0o1777);
  const child = startChild('owner-process.ts', {}, { TMPDIR: parent });
  const folder = async (): Promise<string> => join(parent, (await readdir(parent))[0] ?? '-');
  await expect.poll(async () => existsSync(join(await folder(), part, file)), { timeout: 10_000, interval: 5 }).toBe(true);
  await child.kill();
  await expect.poll(() => readdir(parent), { timeout: 20_000 }).toEqual([]);
});

test('a port that is taken, and a folder that is in use, are refused with what the server said', async () => {
  const dataDir = join(await temporaryFolder(), 'data');
  await using server = await startEmbeddedPostgres({ dataDir, durable: false });
  await expect(startEmbeddedPostgres({ port: server.port, durable: false })).rejects.toMatchObject({
    code: 'EMBEDDED_POSTGRES_FAILED', facts: { reason: expect.stringContaining('could not bind') as string },
  });
  await expect(startEmbeddedPostgres({ dataDir, durable: false })).rejects.toMatchObject({
    code: 'EMBEDDED_POSTGRES_FAILED', facts: { reason: expect.stringContaining('already exists') as string },
  });
  expect(await ask(server.url, 'select 1')).toEqual([1]);
});

test('a folder that only its owner may enter is seen as closed to the server', async () => {
  const folder = await temporaryFolder();
  await chmod(folder, 0o700);
  const other = { uid: 4_294_967, gid: 4_294_967 };
  expect(await canEnter('/', other)).toBe(true);
  expect(await canEnter(folder, other)).toBe(false);
  expect(existsSync(join(binariesFolder(), 'bin', 'postgres'))).toBe(true);
});
