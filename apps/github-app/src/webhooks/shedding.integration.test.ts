import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startFaultProxy, type FaultProxy } from '@doubloon/dev/fault-proxy/fault-proxy.ts';
import { startGitHubStandin } from '@doubloon/github-standin';
import { migrationsFolder } from '@doubloon/postgres';
import { silent, startTestPostgres, testDatabase } from '@doubloon/postgres/testing';
import { newServiceToken } from '@doubloon/rpc';
import { startProcess } from '@doubloon/service/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { deliver, secret } from '../../testing/deliver.ts';
import { openIntake, storeDelivery } from './intake.ts';
import { createReceiver, mostInHand, type Receiver } from './receive.ts';

vi.setConfig({ testTimeout: 240_000 });

/** GitHub hangs up after ten seconds; the machine may be busy, so that ours are not measured sharper than that. */
const githubWaitsMs = 10_000;
const patient = { timeout: 30_000 };
type Told = Parameters<NonNullable<Receiver['onAnswer']>>[0];

/** A database, and the way to it through a proxy. */
async function database() {
  const [{ port }, { url, pool }] = [await startTestPostgres(), await testDatabase(migrationsFolder('github-app'))];
  const proxy = await startFaultProxy({ to: { host: '127.0.0.1', port } });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const through = new URL(url);
  through.port = String(proxy.port);
  const guids = async () => (await pool.query<{ key: string }>('select key from inbox')).rows.map(({ key }) => key).sort();
  return { proxy, url: through.href, pool, guids };
}

/** The receiver with what it stores by, in this process. */
async function open() {
  const { proxy, url, guids } = await database();
  const intake = openIntake(url, silent);
  const told: Told[] = [];
  const most = { inHand: 0, connections: 0 };
  let inHand = 0;
  const receiver = createReceiver({
    secrets: { current: secret }, onAnswer: (answer) => { told.push(answer); },
    async store(delivery) {
      inHand += 1;
      most.inHand = Math.max(most.inHand, inHand);
      try {
        return await storeDelivery(intake, delivery);
      } finally {
        most.connections = Math.max(most.connections, intake.totalCount);
        inHand -= 1;
      }
    },
  });
  const server = createServer({ requestTimeout: 10_000 }, receiver);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await proxy.heal();
    proxy.reset();
    await intake.end();
  });
  const post = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  // A connection that was used is what a fault finds in real life.
  expect((await deliver(post)).status).toBe(202);
  return { proxy, post, told, most, guids, inHand: () => inHand };
}

/** Posts them all at once; resolves to each answer with the milliseconds it took. */
const burst = (post: string, guids: readonly string[], body = '{}') => Promise.all(guids.map(async (guid) => {
  const before = performance.now();
  const { status } = await deliver(post, { guid, body });
  return { status, tookMs: performance.now() - before };
}));
const newGuids = (count: number) => Array.from({ length: count }, () => randomUUID());
const only = (status: number, answers: readonly { status: number; tookMs: number }[]): void => {
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([status]));
  expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(githubWaitsMs);
};

const faults: Readonly<Record<string, (proxy: FaultProxy) => unknown>> = {
  'slow': (proxy) => { proxy.delay(2_000); }, 'half-open': (proxy) => { proxy.halfOpen(); }, 'cut': (proxy) => proxy.cut(), 'reset': (proxy) => { proxy.reset(); },
};

test.each(Object.entries(faults))('while the database is %s deliveries are 503 before GitHub hangs up, and as soon as it is back they are taken', async (_, strike) => {
  const { proxy, post, guids } = await open();
  await strike(proxy);
  const sent = newGuids(30);
  only(503, await burst(post, sent));
  await proxy.heal();
  // Those that did not notice yet are noticed one by one.
  await expect.poll(async () => (await deliver(post)).status, patient).toBe(202);
  only(202, await burst(post, sent));
  const kept = await guids();
  for (const guid of sent) expect(kept).toContain(guid);
});

test('what is stored after its 503 was told is no second delivery when it comes again', async () => {
  const { proxy, post, told, guids } = await open();
  proxy.delay(1_700);
  const guid = randomUUID();
  const before = await guids();
  expect((await deliver(post, { guid, body: '{"first":1}' })).status).toBe(503);
  await expect.poll(guids, patient).toEqual([...before, guid].sort());
  await proxy.heal();
  await expect.poll(async () => (await deliver(post, { guid, body: '{"first":1}' })).status, patient).toBe(202);
  expect(told.at(-1)).toEqual({ status: 202, stored: false, reason: 'already stored', key: 'current' });
  expect(await guids()).toEqual([...before, guid].sort());
});

test('whatever happens to the connections, each delivery that was answered with 202 is there', async () => {
  const { proxy, post, guids } = await open();
  const seed = randomBytes(4).readUInt32BE();
  let state = seed;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const answered: { guid: string; status: number }[] = [];
  let isOver = false;
  const senders = Array.from({ length: 8 }, async () => {
    while (!isOver) {
      const guid = randomUUID();
      answered.push({ guid, status: (await deliver(post, { guid })).status });
    }
  });
  for (let round = 0; round < 25; round++) {
    const strike = [faults['cut'], faults['reset'], faults['half-open'], (it: FaultProxy) => { it.delay(draw(200), draw(200)); }][draw(4)];
    await strike?.(proxy);
    await new Promise((resolve) => setTimeout(resolve, draw(150)));
    await proxy.heal();
    await new Promise((resolve) => setTimeout(resolve, draw(150)));
  }
  await expect.poll(async () => (await deliver(post)).status, patient).toBe(202);
  isOver = true;
  await Promise.all(senders);
  const kept = new Set(await guids());
  const taken = answered.filter(({ status }) => status === 202);
  expect(taken.filter(({ guid }) => !kept.has(guid)), `seed ${String(seed)}`).toEqual([]);
  expect(new Set(answered.map(({ status }) => status))).toEqual(new Set([202, 503]));
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
function memory(): { heap: number; rss: number } {
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: (heapUsed + external) / 2 ** 20, rss: rss / 2 ** 20 };
}

test('a flood while the database is half-open is bounded in number, in time and in memory', async () => {
  const { proxy, post, told, most, inHand } = await open();
  const body = JSON.stringify({ text: 'x'.repeat(64 * 1024) });
  proxy.halfOpen();
  await burst(post, newGuids(100), body);
  const before = memory();
  for (let wave = 0; wave < 3; wave++) {
    only(503, await burst(post, newGuids(600), body));
    // How many find a place that became free again meanwhile depends on how fast this machine posts them.
    expect(told.splice(0).filter(({ reason }) => reason === 'too much is under way').length).toBeGreaterThan(0);
  }
  expect(most.inHand).toBe(mostInHand);
  expect(most.connections).toBeLessThanOrEqual(6);
  await expect.poll(inHand, patient).toBe(0);
  const after = memory();
  expect(after.heap - before.heap).toBeLessThan(40);
  expect(after.rss - before.rss).toBeLessThan(300);
});

test('large deliveries that wait for the database are bounded by their bytes', async () => {
  const { proxy, post, told, inHand } = await open();
  proxy.halfOpen();
  const body = JSON.stringify({ text: 'x'.repeat(20 * 1024 * 1024) });
  const answers = await burst(post, newGuids(10), body);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
  // Five of 20 MiB fit into 100 MiB beside what is still being read, so that half of them at least were too much.
  expect(told.filter(({ reason }) => reason === 'too much is under way').length).toBeGreaterThanOrEqual(5);
  await expect.poll(inHand, patient).toBe(0);
});

test('the App as a process: half-open for a while under a flood, it answers, stays small, and takes deliveries afterwards', async () => {
  const github = await startGitHubStandin({ webhook: { secret } });
  onTestFinished(() => github.close());
  const [{ proxy, url, guids }, log] = [await database(), await testDatabase(migrationsFolder('event-log'))];
  const service = startProcess(join(import.meta.dirname, '../main.ts'), {
    DATABASE_URL: url, EVENT_LOG_URL: log.url, DENOMS_FILE: join(import.meta.dirname, '../../../../packages/domain/denoms/localnet.json'),
    GITHUB_API_URL: github.apiUrl, GITHUB_APP_ID: String(github.app.id), GITHUB_APP_PRIVATE_KEY: github.app.privateKey, GITHUB_APP_WEBHOOK_SECRET: secret,
    GITHUB_APP_TREASURY_URL: 'http://127.0.0.1:9', GITHUB_APP_TREASURY_TOKEN: newServiceToken().token, GITHUB_APP_IDENTITY_URL: 'http://127.0.0.1:9', GITHUB_APP_IDENTITY_TOKEN: newServiceToken().token,
  });
  const { url: listening } = await service.logged('listening');
  const { internal } = await service.logged('starting');
  const post = String(listening);
  const metric = async (name: string): Promise<number> => {
    // What takes the scrapes gives up after ten seconds, and the database may not answer at all.
    const text = await (await fetch(`${String(internal)}/metrics`, { signal: AbortSignal.timeout(8_000) })).text();
    return Number(text.split('\n').find((line) => line.startsWith(name))?.split(' ').at(-1));
  };
  await expect.poll(() => service.probe('/readyz'), patient).toBe(200);
  const sent = newGuids(20);
  only(202, await burst(post, sent));
  // Who never comes to the end of the head of a request is sent away, whatever else is going on.
  const slow = connect(Number(new URL(post).port), '127.0.0.1');
  onTestFinished(() => { slow.destroy(); });
  const sentAway = new Promise<true>((resolve) => { slow.on('error', () => undefined).on('close', () => { resolve(true); }).resume(); });
  slow.write('POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  proxy.halfOpen();
  const body = JSON.stringify({ text: 'x'.repeat(64 * 1024) });
  const rssOf = () => metric('process_resident_memory_bytes').then((bytes) => bytes / 2 ** 20);
  let first = 0;
  let last = 0;
  for (let wave = 0; wave < 4; wave++) {
    only(503, await burst(post, newGuids(500), body));
    last = await rssOf();
    if (wave === 0) first = last;
  }
  // The metrics answer too while the database does not.
  expect(await metric('doubloon_webhook_in_hand')).toBeLessThanOrEqual(mostInHand);
  expect(await metric('doubloon_webhook_answers_total{status="503"')).toBe(2_000);
  await expect.poll(() => service.probe('/readyz'), patient).toBe(503);
  await sentAway;
  expect(last - first, `${String(first)} MiB after 500 deliveries, ${String(last)} MiB after 2,000`).toBeLessThan(200);

  await proxy.heal();
  // Connections that were struck stay silent, and are found out one by one: until then some of a burst are still sent away.
  const taken = (all: readonly string[]) => expect.poll(async () => [...new Set((await burst(post, all)).map(({ status }) => status))], patient).toEqual([202]);
  await taken(sent);
  const late = newGuids(20);
  await taken(late);
  const kept = await guids();
  for (const guid of [...sent, ...late]) expect(kept).toContain(guid);
  await expect.poll(() => service.probe('/readyz'), patient).toBe(200);
  await expect.poll(() => metric('doubloon_webhook_in_hand'), patient).toBe(0);
  // What its other pool still waits for on a half-open connection takes as long as a stop may.
  proxy.reset();
  await proxy.heal();
  service.kill('SIGTERM');
  await expect(service.ended).resolves.toBe(0);
});
