import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import pg from 'pg';
import { startEmbeddedPostgres } from '@doubloon/postgres/embedded';
import { available, java, kafkaVersion } from '../kafka/cache.ts';

/** What the figures depend on, as rows of name and value. Nothing in it names the machine. */
export async function describeMachine(): Promise<(readonly [name: string, value: string])[]> {
  return [
    ['processor', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${String(availableParallelism())} cores`],
    ['memory', `${String(Math.round(totalmem() / 2 ** 30))} GiB`],
    ['system', `${type()} ${release().split('-')[0] ?? ''}, ${process.arch}`],
    ['Node', process.versions.node],
    ['PostgreSQL', await postgresVersion()],
    ['Kafka', await kafka()],
  ];
}

async function postgresVersion(): Promise<string> {
  await using server = await startEmbeddedPostgres({ durable: false });
  const db = new pg.Client({ connectionString: server.url });
  await db.connect();
  try {
    const { rows } = await db.query<{ server_version: string }>('show server_version');
    return `${rows[0]?.server_version ?? 'unknown'}, embedded`;
  } finally {
    await db.end();
  }
}

async function kafka(): Promise<string> {
  const can = await available();
  if (!can.ok) return `not measured: ${can.missing} is missing`;
  const { stderr } = await promisify(execFile)(java, ['-version']);
  return `${kafkaVersion} on Java ${/version "([^"]+)"/.exec(stderr)?.[1] ?? 'unknown'}`;
}
