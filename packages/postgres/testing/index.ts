import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Pool } from 'pg';
import { onTestFinished } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/embedded/index.ts';
import { migrate, openPool, type Log } from '../src/index.ts';

export interface TestDatabase extends AsyncDisposable {
  url: string;
  /** 20 connections. */
  pool: Pool;
}

/** A log for tests that say nothing about it. */
export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

let server: Promise<EmbeddedPostgres> | undefined;
const templates = new Map<string, Promise<string>>();

/** The server of this test file, started at the first call and stopped when the file's process ends. */
export function startTestPostgres(): Promise<EmbeddedPostgres> {
  server ??= startEmbeddedPostgres({ durable: false });
  return server;
}

/** A database of its own for the test that calls it, migrated to the folder's latest version if there is one. */
export async function testDatabase(folder?: string): Promise<TestDatabase> {
  const database = await openTestDatabase(folder);
  onTestFinished(() => database[Symbol.asyncDispose]());
  return database;
}

/** The same for `beforeAll`: the caller disposes of it. */
export async function openTestDatabase(folder?: string): Promise<TestDatabase> {
  const { url: adminUrl } = await startTestPostgres();
  const template = folder === undefined ? undefined : await templateOf(folder);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(adminUrl, `create database ${name}${template === undefined ? '' : ` template ${template}`}`);
  const url = urlOf(adminUrl, name);
  const pool = openPool({ url, name: 'test', max: 20 });
  return {
    url,
    pool,
    async [Symbol.asyncDispose]() {
      await pool.end();
      await administer(adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

async function templateOf(folder: string): Promise<string> {
  const name = `template_${await contentHash(folder)}`;
  const made = templates.get(name) ?? makeTemplate(name, folder);
  templates.set(name, made);
  return made;
}

async function makeTemplate(name: string, folder: string): Promise<string> {
  const { url, createDatabase } = await startTestPostgres();
  await createDatabase(name);
  await migrate({ url: urlOf(url, name), folder, log: silent });
  return name;
}

async function contentHash(folder: string): Promise<string> {
  const hash = createHash('sha256').update(folder);
  for (const file of (await readdir(folder)).sort()) hash.update(file).update(await readFile(join(folder, file)));
  return hash.digest('hex').slice(0, 16);
}

function urlOf(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

async function administer(url: string, statement: string): Promise<void> {
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  try {
    await db.query(statement);
  } finally {
    await db.end();
  }
}
