import { mkdtemp, chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@doubloon/postgres/embedded';
import type { EventLogServer } from './event-log.contract.ts';

/** A real Postgres whose crash is a crash: SIGQUIT makes it drop everything, and the next start recovers from its log. */
export async function startRestartablePostgres(): Promise<EventLogServer> {
  const folder = await mkdtemp(join(tmpdir(), 'event-log-'));
  // As root the server runs as another user, who has to reach its data through this folder.
  await chmod(folder, 0o755);
  const dataDir = join(folder, 'postgres');
  let server = await startEmbeddedPostgres({ dataDir });
  const { port } = server;
  const url = await server.createDatabase('events');
  return {
    url,
    async crash() {
      process.kill(server.pid, 'SIGQUIT');
      await server[Symbol.asyncDispose]();
    },
    async restart() {
      server = await startEmbeddedPostgres({ dataDir, port });
    },
    async stop() {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
