import { startGitHubStandin, type GitHubStandin } from '@doubloon/github-standin';
import { migrationsFolder } from '@doubloon/postgres';
import { testDatabase } from '@doubloon/postgres/testing';
import { createLogger } from '@doubloon/service';
import { expect, onTestFinished, test } from 'vitest';
import { secret } from '../../testing/deliver.ts';
import { startRubbish, type Rubbish } from '../../testing/rubbish.ts';
import { openProbot } from '../github.ts';
import { storeDelivery } from '../webhooks/intake.ts';
import { prune } from '../prune.ts';
import type { Delivery } from '../webhooks/receive.ts';
import { beginning, logDepthMs, overlapMs, sweep, type Find, type Sweeping } from './sweep.ts';
import { keepReached, measureSweep, reachedBefore } from './sweep-row.ts';

const log = createLogger({ name: 'test', level: 'silent' });
const repository = 'analytical-engines/difference';
const folder = migrationsFolder('github-app');
const never = new AbortController().signal;

interface Row { key: string; kind: string; subject: string; payload: { event: string; payload: { comment?: { body: string } } } }

/** An App whose deliveries all fail, before its database. */
async function openSweep({ missed = 0, now = () => new Date() }: { missed?: number; now?: () => Date } = {}) {
  const standin = await startGitHubStandin({ webhook: { secret }, now });
  onTestFinished(() => standin.close());
  const { pool } = await testDatabase(folder);
  const probot = await openProbot({ appId: standin.app.id, privateKey: standin.app.privateKey, apiUrl: standin.apiUrl }, log);
  const finds: Find[] = [];
  /** Handled at once, so that there is always room. */
  const kept = async (delivery: Delivery) => {
    const isNew = await storeDelivery(pool, delivery);
    await pool.query('update inbox set done_at = now() where key = $1', [delivery.guid]);
    return isNew;
  };
  const sweeping: Sweeping = { pool, log, now: () => new Date(), appId: String(standin.app.id), octokit: () => probot.auth(), perMinute: 60_000, store: kept, onDelivery: (what) => { finds.push(what); } };
  const say = async (...texts: readonly string[]) => {
    for (const text of texts) standin.comment('ada', repository, 1, text);
    await standin.delivered();
  };
  if (missed > 0) await say(...Array.from({ length: missed }, (_, nth) => `missed ${String(nth)}`));
  const rows = async () => (await pool.query<Row>('select key, kind, subject, payload from inbox order by id')).rows;
  const texts = async () => (await rows()).map(({ payload }) => payload.payload.comment?.body);
  let seen = 0;
  /** What was asked of the log since the last look: pages, and deliveries by their ids. */
  const asked = () => {
    const since = standin.asked.filter(({ method }) => method === 'GET').slice(seen);
    seen += since.length;
    return since.map(({ path }) => /^\/app\/hook\/deliveries(?:\/(\d+))?$/.exec(path)).filter((one) => one !== null).map(([, id]) => id ?? 'page');
  };
  return { standin, pool, sweeping, finds, say, rows, texts, asked, sweepOnce: (over: Partial<Sweeping> = {}) => sweep({ ...sweeping, ...over }, never) };
}

/** As the receiver puts it in the inbox. */
async function asReceived({ deliveries }: GitHubStandin): Promise<Row[]> {
  const { pool } = await testDatabase(folder);
  for (const { guid, event, request } of deliveries) await storeDelivery(pool, { guid, event, payload: JSON.parse(request.payload) as Delivery['payload'] });
  return (await pool.query<Row>('select key, kind, subject, payload from inbox order by id')).rows;
}

test('what never reached us is put in the inbox as if it had, oldest first, with ids above 2^53', async () => {
  const { standin, rows, asked, finds, sweepOnce } = await openSweep({ missed: 3 });
  for (const { id } of standin.deliveries) expect(id > BigInt(Number.MAX_SAFE_INTEGER)).toBe(true);
  expect(await sweepOnce()).toEqual({ round: 'good' });
  expect(asked()).toEqual(['page', ...standin.deliveries.map(({ id }) => String(id))]);
  expect(await rows()).toEqual(await asReceived(standin));
  expect(finds).toEqual(['found', 'found', 'found']);
  standin.assertConforms();
});

test('a round that finds nothing asks for one page, and what was reached is kept', async () => {
  const { standin, pool, asked, rows, sweepOnce } = await openSweep({ missed: 120 });
  expect(await sweepOnce()).toEqual({ round: 'good' });
  expect(asked().filter((one) => one === 'page')).toHaveLength(2);
  const newest = standin.deliveries.at(-1)?.outcome?.deliveredAt.getTime() ?? 0;
  expect((await reachedBefore(pool, String(standin.app.id)))?.getTime()).toBe(Math.floor(newest / 1000) * 1000);
  await pool.query("update sweep set reached = reached + interval '1 hour'");
  expect(await sweepOnce()).toEqual({ round: 'good' });
  expect(asked()).toEqual(['page']);
  expect(await rows()).toHaveLength(120);
});

test('what arrived is not fetched, and the attempts of one event are one', async () => {
  const { standin, pool, say, asked, rows, sweepOnce } = await openSweep();
  await say('arrived', 'missed');
  const [arrived, missed] = standin.deliveries;
  await storeDelivery(pool, { guid: arrived?.guid ?? '', event: 'issue_comment', payload: {} });
  const app = await (await openProbot({ appId: standin.app.id, privateKey: standin.app.privateKey, apiUrl: standin.apiUrl }, log)).auth();
  for (const one of [arrived, missed]) await app.request('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: String(one?.id) as unknown as number });
  await standin.delivered();
  const again = standin.deliveries.findLast(({ guid }) => guid === missed?.guid);
  expect(await sweepOnce()).toEqual({ round: 'good' });
  expect(asked()).toHaveLength(2);
  expect((await rows()).map(({ key }) => key)).toEqual([arrived?.guid, again?.guid]);
});

test('a delivery that arrives between the look and the fetch is in the inbox once, and not fetched', async () => {
  const { standin, pool, asked, rows, sweepOnce } = await openSweep({ missed: 1 });
  const guid = standin.deliveries[0]?.guid ?? '';
  await pool.query("insert into missed_delivery (guid, delivery_id, delivered_at) values ($1, '1', now())", [guid]);
  await storeDelivery(pool, { guid, event: 'issue_comment', payload: {} });
  expect(await sweepOnce()).toEqual({ round: 'good' });
  expect(asked()).toEqual(['page']);
  expect(await rows()).toHaveLength(1);
});

test('all pages are read, and a page that fails keeps what was reached where it was: the next round has everything', async () => {
  const { standin, pool, texts, sweepOnce } = await openSweep({ missed: 130 });
  standin.faults.api({ path: /deliveries$/ }, { kind: 'slow', ms: 1 });
  standin.faults.api({ path: /deliveries$/ }, { kind: 'unavailable' });
  expect(await sweepOnce()).toEqual({ round: 'failed' });
  expect(await texts()).toHaveLength(100);
  expect(await reachedBefore(pool, String(standin.app.id))).toBeUndefined();
  expect(await sweepOnce()).toEqual({ round: 'good' });
  expect((await texts()).toSorted()).toEqual(standin.deliveries.map((_, nth) => `missed ${String(nth)}`).toSorted());
});

test('entries that appear late, so far behind what was reached, are found', async () => {
  const { standin, pool, rows, sweepOnce } = await openSweep({ missed: 150 });
  const oldest = standin.deliveries[0]?.outcome?.deliveredAt.getTime() ?? 0;
  await keepReached(pool, String(standin.app.id), new Date(oldest + overlapMs - 1_000));
  expect(await sweepOnce()).toEqual({ round: 'good' });
  expect(await rows()).toHaveLength(150);
});

test('the log is not read behind what was reached', async () => {
  const { standin, pool, asked, sweepOnce } = await openSweep({ missed: 150 });
  await keepReached(pool, String(standin.app.id), new Date(Date.now() + overlapMs + 60_000));
  expect(await sweepOnce()).toEqual({ round: 'good' });
  expect(asked().filter((one) => one === 'page')).toHaveLength(1);
});

test.each([['a day behind', -86_400_000], ['a day ahead', 86_400_000]])('our clock may be %s: times are by GitHub\'s', async (_what, ms) => {
  const { texts, say, sweepOnce } = await openSweep({ missed: 2 });
  const over = { now: () => new Date(Date.now() + ms) };
  expect(await sweepOnce(over)).toEqual({ round: 'good' });
  await say('later');
  expect(await sweepOnce(over)).toEqual({ round: 'good' });
  expect(await texts()).toEqual(['missed 0', 'missed 1', 'later']);
});

const pathOf = (standin: GitHubStandin, nth: number) => new RegExp(`/${String(standin.deliveries[nth]?.id)}$`);

test('a delivery that GitHub fails at is passed over and tried again later, and the rest is there', async () => {
  const { standin, pool, texts, sweepOnce } = await openSweep({ missed: 6 });
  const at = Date.now();
  for (const nth of [1, 3]) standin.faults.api({ path: pathOf(standin, nth) }, { kind: 'unavailable' });
  expect(await sweepOnce()).toEqual({ round: 'good' });
  expect(await texts()).toEqual(['missed 0', 'missed 2', 'missed 4', 'missed 5']);
  expect((await measureSweep(pool)).missed).toBe(2);
  expect(await sweepOnce({ now: () => new Date(at + 60_000) })).toEqual({ round: 'good' });
  expect((await texts()).slice(4)).toEqual(['missed 1', 'missed 3']);
  expect((await measureSweep(pool)).missed).toBe(0);
});

test('three failures in a row are GitHub\'s: the round ends, and nothing is given up', async () => {
  const { standin, pool, asked, sweepOnce } = await openSweep({ missed: 30 });
  standin.faults.api({ path: /deliveries\/\d+$/, times: Infinity }, { kind: 'unavailable', status: 503 });
  expect(await sweepOnce()).toEqual({ round: 'failed' });
  expect(asked()).toHaveLength(4);
  expect((await measureSweep(pool))).toEqual({ age: undefined, missed: 30 });
});

test('what GitHub did not hand out while it had it is given up as lost, and forgotten in time', async () => {
  const { pool, finds, say, sweepOnce } = await openSweep();
  await say('something');
  await pool.query("insert into missed_delivery (guid, delivery_id, delivered_at) values ('old', '1', now() - interval '73 hours'), ('new', '2', now() - interval '71 hours')");
  expect(await sweepOnce()).toEqual({ round: 'good' });
  // The newer one is asked for, and the stand-in has none of that number.
  expect(finds).toEqual(['lost', 'gone', 'found']);
  await prune(pool, new Date(Date.now() + 86_400_000));
  expect((await pool.query('select from missed_delivery')).rowCount).toBe(0);
});

test.each([
  ['a limit with retry-after', { kind: 'secondary-limit', retryAfter: 60 }],
  ['a limit without a word when to come back', { kind: 'secondary-limit', status: 429 }],
  ['a quota that is used up', { kind: 'primary-limit', resetSeconds: 60 }],
] as const)('%s ends the round, which waits until then', async (_what, fault) => {
  const { standin, asked, rows, sweepOnce } = await openSweep({ missed: 2 });
  standin.faults.api({ path: /deliveries/ }, fault);
  const { round, until } = await sweepOnce();
  expect(round).toBe('limited');
  expect((until?.getTime() ?? 0) - Date.now()).toBeGreaterThan(50_000);
  expect(asked()).toEqual(['page']);
  expect(await rows()).toEqual([]);
});

test('one process sweeps at a time', async () => {
  const { rows, sweepOnce } = await openSweep({ missed: 5 });
  const rounds = await Promise.all([sweepOnce(), sweepOnce(), sweepOnce()]);
  expect(rounds.map(({ round }) => round).toSorted()).toEqual(['elsewhere', 'elsewhere', 'good']);
  expect(await rows()).toHaveLength(5);
});

test('a backlog goes in by handfuls, so that what arrives meanwhile is not behind all of it; where nothing moves it goes in slowly', async () => {
  const { pool, rows, sweepOnce } = await openSweep({ missed: 21 });
  await pool.query("insert into inbox (key, kind, subject, payload) select 'before' || n, 'k', 's', '{}' from generate_series(1, 80) n");
  const at: number[] = [];
  expect(await sweepOnce({ store: (one) => { at.push(performance.now()); return storeDelivery(pool, one); } })).toEqual({ round: 'good' });
  expect(await rows()).toHaveLength(101);
  const gaps = at.slice(1).map((ms, nth) => ms - (at[nth] ?? 0));
  expect(gaps[19]).toBeGreaterThan(4_000);
});

test('a process that dies after it stored a delivery leaves nothing to be done twice', async () => {
  const { texts, finds, sweepOnce, sweeping } = await openSweep({ missed: 3 });
  let isDead = false;
  const dies = sweepOnce({ store: async (one) => { await sweeping.store(one); isDead = true; throw new Error('dead'); } });
  expect(await dies).toEqual({ round: 'failed' });
  expect(isDead).toBe(true);
  expect(await sweepOnce({ now: () => new Date(Date.now() + 60_000) })).toEqual({ round: 'good' });
  expect((await texts()).toSorted()).toEqual(['missed 0', 'missed 1', 'missed 2']);
  expect(finds).toEqual([]);
});

test('what was done is known for longer than the log goes back, so that no swept row is done twice', async () => {
  const { standin, pool, asked, rows, sweepOnce } = await openSweep({ missed: 1 });
  const guid = standin.deliveries[0]?.guid ?? '';
  await storeDelivery(pool, { guid, event: 'issue_comment', payload: {} });
  await pool.query('update inbox set done_at = now()');
  await prune(pool, new Date(Date.now() + logDepthMs + overlapMs + 86_400_000 - 30 * 86_400_000));
  expect(await sweepOnce()).toEqual({ round: 'good' });
  expect(asked()).toEqual(['page']);
  expect(await rows()).toHaveLength(1);
});

/** The same App before a GitHub that answers what it is told. */
async function openRubbish(answers: Rubbish) {
  const { pool, sweeping, finds, texts, rows } = await openSweep();
  const github = await startRubbish(answers);
  onTestFinished(() => github[Symbol.asyncDispose]());
  const probot = await openProbot({ appId: Number(sweeping.appId), privateKey: github.privateKey, apiUrl: github.url }, log);
  const place = beginning();
  return { pool, appId: sweeping.appId, finds, texts, rows, asked: github.asked, sweepOnce: () => sweep({ ...sweeping, octokit: () => probot.auth() }, never, place) };
}

const big = 9_007_199_254_740_993n;
const entry = (nth: number, at = new Date()) => `{"id":${String(big + BigInt(nth))},"guid":"guid-${String(nth)}","delivered_at":"${at.toISOString()}"}`;
const pathTo = (nth: number) => `/app/hook/deliveries/${String(big + BigInt(nth))}`;
const whole = (nth: number, over: object = {}) => JSON.stringify({ guid: `guid-${String(nth)}`, event: 'issue_comment', request: { headers: {}, payload: { comment: { body: `text ${String(nth)}` } } }, ...over });
const page = '/app/hook/deliveries?per_page=100';

test('deliveries that can not be had are counted, told, not asked for again, and hold up no other', async () => {
  const { pool, finds, texts, asked, sweepOnce } = await openRubbish({
    [page]: { body: `[${[0, 1, 2, 3, 4, 5, 6, 7].map((nth) => entry(nth)).join()}, {"id":1e3,"guid":"g","delivered_at":"2026-01-01T00:00:00Z"}, {"guid":"no id"}, 7]` },
    [pathTo(1)]: { body: whole(1, { request: { headers: {}, payload: null } }) },
    [pathTo(2)]: { body: '["no delivery"]' },
    [pathTo(3)]: { body: whole(3, { guid: 'another' }) },
    [pathTo(4)]: { body: whole(4, { event: 'Not An Event' }) },
    [pathTo(5)]: { body: whole(5, { request: { headers: { 'X-GitHub-Hook-Installation-Target-ID': '1' }, payload: {} } }) },
    [pathTo(6)]: { body: whole(6, { request: { headers: {}, payload: { __proto__: null, text: 'x'.repeat(27 * 1024 * 1024) } } }) },
    [pathTo(7)]: { body: whole(7) },
  });
  expect(await sweepOnce()).toEqual({ round: 'good' });
  expect(finds).toEqual(['malformed', 'malformed', 'malformed', 'gone', 'malformed', 'malformed', 'malformed', 'malformed', 'foreign', 'malformed', 'found']);
  expect(await texts()).toEqual(['text 7']);
  expect((await measureSweep(pool)).missed).toBe(0);
  const before = asked.length;
  expect(await sweepOnce()).toEqual({ round: 'good' });
  expect(asked.slice(before)).toEqual([page]);
});

test('what a payload holds that PostgreSQL can not keep is tamed, as the receiver does', async () => {
  const { rows, sweepOnce } = await openRubbish({
    [page]: { body: `[${entry(0)}]` },
    [pathTo(0)]: { body: '{"guid":"guid-0","event":"issue_comment","request":{"headers":{},"payload":{"__proto__":{"isAdmin":true},"comment":{"body":"a\\u0000b\\ud800c"}}}}' },
  });
  expect(await sweepOnce()).toEqual({ round: 'good' });
  expect((await rows())[0]?.payload).toEqual({ event: 'issue_comment', payload: { comment: { body: 'a\uFFFDb\uFFFDc' } } });
});

test('the log is read back to 72 hours, by GitHub\'s clock, and no further', async () => {
  const at = new Date('2020-01-10T00:00:00Z');
  const hours = (count: number) => new Date(at.getTime() - count * 3_600_000);
  const date = { date: at.toUTCString() };
  const { asked, texts, sweepOnce } = await openRubbish({
    [page]: { headers: { ...date, link: '<https://elsewhere.test/app/hook/deliveries?cursor=two>; rel="next"' }, body: `[${entry(9, at)}]` },
    [`${page}&cursor=two`]: { headers: { ...date, link: '<https://elsewhere.test/app/hook/deliveries?cursor=three>; rel="next"' }, body: `[${entry(8, hours(71.9))},${entry(7, hours(72.1))}]` },
    [`${page}&cursor=three`]: { headers: { ...date, link: '<https://elsewhere.test/app/hook/deliveries?cursor=four>; rel="next"' }, body: `[${entry(6, hours(73))}]` },
    [pathTo(9)]: { body: whole(9) },
    [pathTo(8)]: { body: whole(8) },
  });
  expect(await sweepOnce()).toEqual({ round: 'good' });
  expect(asked).toEqual([page, `${page}&cursor=two`, `${page}&cursor=three`, pathTo(8), pathTo(9)]);
  expect(await texts()).toEqual(['text 8', 'text 9']);
});

test('a log that leads in a circle ends the round', async () => {
  const link = { link: '<https://elsewhere.test/app/hook/deliveries?cursor=again>; rel="next"' };
  const { asked, sweepOnce } = await openRubbish({ [page]: { headers: link, body: '[]' }, [`${page}&cursor=again`]: { headers: link, body: '[]' } });
  expect(await sweepOnce()).toEqual({ round: 'failed' });
  expect(asked).toHaveLength(2);
});

test.each([['no JSON', '<html>'], ['no list', '{}'], ['nothing', '']])('a page that is %s fails, and nothing is reached', async (_what, body) => {
  const { pool, sweepOnce } = await openRubbish({ [page]: { body } });
  expect(await sweepOnce()).toEqual({ round: 'failed' });
  expect((await pool.query('select from sweep')).rowCount).toBe(0);
});

test('a tenth of the quota is left for what else the App asks for', async () => {
  const reset = Math.floor(Date.now() / 1_000) + 1_800;
  const quota = (remaining: number) => ({ 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': String(remaining), 'x-ratelimit-reset': String(reset) });
  const { texts, asked, sweepOnce } = await openRubbish({
    [page]: { headers: quota(500), body: `[${entry(0)},${entry(1)}]` },
    [pathTo(0)]: { headers: quota(499), body: whole(0) },
  });
  const { round, until } = await sweepOnce();
  expect(round).toBe('limited');
  expect(Math.abs((until?.getTime() ?? 0) - (reset + 1) * 1_000)).toBeLessThan(5_000);
  expect(await texts()).toEqual(['text 0']);
  expect(asked).toEqual([page, pathTo(0)]);
});

test('a log of more pages than the quota has is looked through all the same: the next round goes on where this one was limited', async () => {
  const used = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '499', 'x-ratelimit-reset': '2000000000' };
  const next = (cursor: string) => ({ link: `<https://github.test/app/hook/deliveries?cursor=${cursor}>; rel="next"` });
  const newest = new Date(Math.floor(Date.now() / 1_000) * 1_000);
  const { pool, appId, texts, asked, sweepOnce } = await openRubbish({
    [page]: { headers: { ...used, ...next('second') }, body: `[${entry(2, newest)}]` },
    [`${page}&cursor=second`]: { headers: { ...used, ...next('third') }, body: `[${entry(1, new Date(newest.getTime() - 1_000))}]` },
    [`${page}&cursor=third`]: { body: `[${entry(0, new Date(newest.getTime() - 2_000))}]` },
    [pathTo(0)]: { body: whole(0) }, [pathTo(1)]: { body: whole(1) }, [pathTo(2)]: { body: whole(2) },
  });
  expect([(await sweepOnce()).round, (await sweepOnce()).round, await reachedBefore(pool, appId)]).toEqual(['limited', 'limited', undefined]);
  expect(await sweepOnce()).toEqual({ round: 'good' });
  expect(asked.filter((path) => path.startsWith(page))).toEqual([page, `${page}&cursor=second`, `${page}&cursor=third`]);
  expect([await texts(), await reachedBefore(pool, appId)]).toEqual([['text 0', 'text 1', 'text 2'], newest]);
});

test('a look that fails begins anew', async () => {
  const next = { link: '<https://github.test/app/hook/deliveries?cursor=gone>; rel="next"' };
  const { asked, sweepOnce } = await openRubbish({ [page]: { headers: next, body: `[${entry(0)}]` }, [pathTo(0)]: { body: whole(0) } });
  expect([(await sweepOnce()).round, (await sweepOnce()).round]).toEqual(['failed', 'failed']);
  expect(asked.filter((path) => path.startsWith(page))).toEqual([page, `${page}&cursor=gone`, page, `${page}&cursor=gone`]);
});

test('where the quota is nearly used up at the look, nothing is fetched', async () => {
  const { pool, asked, sweepOnce } = await openRubbish({
    [page]: { headers: { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '499', 'x-ratelimit-reset': '2000000000' }, body: `[${entry(0)}]` },
    [pathTo(0)]: { body: whole(0) },
  });
  expect((await sweepOnce()).round).toBe('limited');
  expect(asked).toEqual([page]);
  expect((await measureSweep(pool)).missed).toBe(1);
});

test('a backlog is fetched at the pace that was set, and not as fast as GitHub answers', async () => {
  const { standin, pool, sweepOnce } = await openSweep();
  standin.miss(12, (nth) => ({ event: 'ping', action: null, payload: () => ({ zen: String(nth) }) }));
  const began = performance.now();
  expect(await sweepOnce({ perMinute: 600 })).toEqual({ round: 'good' });
  // One page and twelve deliveries: twelve times a tenth of a second between them.
  expect(performance.now() - began).toBeGreaterThanOrEqual(1_190);
  expect((await pool.query('select from inbox')).rowCount).toBe(12);
});
