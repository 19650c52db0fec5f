import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startGitHubStandin } from '@doubloon/github-standin';
import { migrate, migrationsFolder } from '@doubloon/postgres';
import { startEmbeddedPostgres } from '@doubloon/postgres/embedded';
import { newServiceToken } from '@doubloon/rpc';
import { startApp } from '../stack/app-process.ts';
import { freePort } from '../stack/ports.ts';
import { root } from '../stack/root.ts';
import type { Measure } from './benchmark.ts';
import { load, type Loaded } from './load.ts';
import { compared, inTurns } from './rounds.ts';

const secret = 'a secret of more than thirty-two characters';
const connections = 32;
const deliveries = 3_000;
const seconds = 6;
const rounds = 5;
/** As many as the App lends to its receiver. */
const databaseConnections = 6;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** GitHub's own example of a comment, on many issues; with an action that asks nothing of the App but to look at it. */
function exampleDeliveries(): string[] {
  const file = createRequire(join(root, 'apps/github-app/package.json')).resolve('@octokit/webhooks-examples/api.github.com/index.json');
  const events = JSON.parse(readFileSync(file, 'utf8')) as { name: string; examples: { issue: object }[] }[];
  const example = events.find(({ name }) => name === 'issue_comment')?.examples[0];
  return Array.from({ length: 64 }, (_, index) => JSON.stringify({ ...example, action: 'pinned', issue: { ...example?.issue, id: 1_000_000 + index } }));
}

async function startReceiver(file: string, env: Readonly<Record<string, string>>): Promise<AsyncDisposable & { port: number }> {
  const child = fork(join(import.meta.dirname, file), { env: { PATH: process.env['PATH'], WEBHOOK_SECRET: secret, CONNECTIONS: String(databaseConnections), ...env } });
  const [port] = (await once(child, 'message')) as [number];
  return { port, async [Symbol.asyncDispose]() { child.kill(); await once(child, 'exit'); } };
}

async function count(url: string, what: string): Promise<number> {
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  try {
    return (await db.query<{ rows: number }>(`select count(*)::int as rows from ${what}`)).rows[0]?.rows ?? 0;
  } finally {
    await db.end();
  }
}

/** Deliveries a second that are answered 202, and what became of them. */
export const measure: Measure = async () => {
  await using open = new AsyncDisposableStack();
  const postgres = open.use(await startEmbeddedPostgres({ durable: true }));
  const github = open.use(await startGitHubStandin({ webhook: { secret } }));
  const database = async (name: string, folder?: string): Promise<string> => {
    const url = await postgres.createDatabase(name);
    if (folder !== undefined) await migrate({ url, folder: migrationsFolder(folder), log: quiet });
    return url;
  };
  const [appDb, aloneDb, plainDb, logDb] = [await database('app', 'github-app'), await database('alone', 'github-app'), await database('plain'), await database('log', 'event-log')];

  const plain = open.use(await startReceiver('plain-receiver.ts', { DATABASE_URL: plainDb }));
  const alone = open.use(await startReceiver('receiver-alone.ts', { DATABASE_URL: aloneDb }));
  const port = await freePort();
  open.use(await startApp({
    name: 'github-app', entry: 'apps/github-app/src/main.ts', internalPort: await freePort(), onLine: () => undefined,
    env: {
      LOG_LEVEL: 'warn', PORT: String(port), DATABASE_URL: appDb, EVENT_LOG_URL: logDb, DENOMS_FILE: join(root, 'packages/domain/denoms/localnet.json'), GITHUB_API_URL: github.apiUrl, GITHUB_APP_ID: String(github.app.id),
      GITHUB_APP_PRIVATE_KEY: github.app.privateKey, GITHUB_APP_WEBHOOK_SECRET: secret, GITHUB_APP_TREASURY_URL: 'http://127.0.0.1:9', GITHUB_APP_TREASURY_TOKEN: newServiceToken().token, GITHUB_APP_IDENTITY_URL: 'http://127.0.0.1:9', GITHUB_APP_IDENTITY_TOKEN: newServiceToken().token,
    },
  }));

  const bodies = exampleDeliveries();
  // Of the warm-up too: its rows must not hide that others are missing.
  const taken = new Map<number, number>();
  const post = (at: number) => async (): Promise<Loaded> => {
    const loaded = await load({ port: at, connections, deliveries, seconds, secret, event: 'issue_comment', bodies });
    taken.set(at, (taken.get(at) ?? 0) + loaded.accepted);
    return loaded;
  };
  // What the App has still to do is not to be paid for by the others.
  const workedOff = async (): Promise<void> => {
    while ((await count(appDb, 'inbox where done_at is null')) > 0) await sleep(50);
  };
  const found = await inTurns({
    async app() {
      const loaded = await post(port)();
      await workedOff();
      return loaded;
    },
    alone: post(alone.port),
    plain: post(plain.port),
  }, { rounds });

  const total = (all: readonly Loaded[], key: 'accepted' | 'refused') => all.reduce((sum, one) => sum + one[key], 0);
  const lost = async (at: number, url: string, table: string): Promise<number> => Math.max(0, (taken.get(at) ?? 0) - (await count(url, table)));
  const of = (all: readonly Loaded[], key: 'perSecond' | 'p50' | 'p99') => all.map((one) => one[key]);
  return {
    aim: 'at least 0.8 of the baseline, p99 under 100 ms at 32 connections, none lost',
    baseline: 'a receiver of 30 lines on node:http and pg: HMAC, one insert',
    conditions: `GitHub's example of \`issue_comment\` (${String(Buffer.byteLength(bodies[0] ?? ''))} bytes) on ${String(bodies.length)} issues, posted over ${String(connections)} connections by a process of its own, up to ${deliveries.toLocaleString('en-US')} deliveries or ${String(seconds)} s a round, ${String(rounds)} rounds. PostgreSQL keeps its promises (fsync and synchronous_commit on); each has ${String(databaseConnections)} connections to store by. "The receiver" is the App's, in a process that does nothing else, as the baseline does; "the whole App at work" is the process as it is run, which works off what it took while it takes more, on the same cores.`,
    figures: [
      { ...compared('accepted, the receiver', '/s', of(found.alone, 'perSecond'), of(found.plain, 'perSecond')), n: total(found.alone, 'accepted') },
      { ...compared('p50, the receiver', 'ms', of(found.alone, 'p50'), of(found.plain, 'p50')), n: total(found.alone, 'accepted') },
      { ...compared('p99, the receiver', 'ms', of(found.alone, 'p99'), of(found.plain, 'p99')), n: total(found.alone, 'accepted') },
      { ...compared('accepted, the whole App at work', '/s', of(found.app, 'perSecond'), of(found.plain, 'perSecond')), n: total(found.app, 'accepted') },
      { ...compared('p50, the whole App at work', 'ms', of(found.app, 'p50'), of(found.plain, 'p50')), n: total(found.app, 'accepted') },
      { ...compared('p99, the whole App at work', 'ms', of(found.app, 'p99'), of(found.plain, 'p99')), n: total(found.app, 'accepted') },
      { name: 'accepted and lost, both', unit: 'deliveries', ours: (await lost(alone.port, aloneDb, 'inbox')) + (await lost(port, appDb, 'inbox')), baseline: await lost(plain.port, plainDb, 'delivery'), n: total(found.alone, 'accepted') + total(found.app, 'accepted') },
      { name: 'refused, both', unit: 'deliveries', ours: total(found.alone, 'refused') + total(found.app, 'refused'), baseline: total(found.plain, 'refused'), n: total(found.alone, 'accepted') + total(found.app, 'accepted') },
    ],
  };
};
