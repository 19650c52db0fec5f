import fc from 'fast-check';
import type { Pool, PoolClient } from 'pg';
import { expect, test } from 'vitest';
import { silent as log, testDatabase } from '../testing/index.ts';
import { record } from '../testing/recorder.ts';
import { enqueue, measureQueues, migrationsFolder, RetryLater, startInboxWorker, startOutboxRelay, storeInbox } from './index.ts';

const folder = migrationsFolder('treasury');
const drained = (pool: Pool) => expect.poll(async () => {
  const { inboxWaiting, outboxWaiting } = await measureQueues(pool);
  return inboxWaiting + outboxWaiting;
}, { timeout: 20_000, interval: 10 }).toBe(0);

interface Step { writer: number; act: 'send' | 'commit' | 'rollback'; key: string }
const step = fc.record<Step>({ writer: fc.nat(3), act: fc.constantFrom('send', 'send', 'send', 'commit', 'rollback'), key: fc.constantFrom('a', 'b', 'c') });

test('whatever way transactions overlap and relays fail, what was committed arrives, in order of transaction and row', async () => {
  const { pool } = await testDatabase(folder);
  let run = 0;
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), fc.array(fc.boolean(), { maxLength: 15 }), async (steps, failures) => {
    run++;
    const recorder = record();
    const script = [...failures];
    recorder.before = async () => {
      if (script.shift()) throw new Error('scripted');
    };
    const relay = () => startOutboxRelay({ pool, log, pollMs: 5, batch: 4, backoff: { attempts: 1_000, baseMs: 1, capMs: 2 }, publish: recorder.publish });
    await using _one = relay();
    await using _two = relay();
    const writers = new Map<number, { db: PoolClient; sent: Sent[] }>();
    const committed: Sent[] = [];
    const end = async (writer: number, act: 'commit' | 'rollback'): Promise<void> => {
      const open = writers.get(writer);
      if (!open) return;
      await open.db.query(act);
      open.db.release();
      writers.delete(writer);
      if (act === 'commit') committed.push(...open.sent);
    };
    for (const [index, { writer, act, key }] of steps.entries()) {
      if (act !== 'send') {
        await end(writer, act);
        continue;
      }
      const open = writers.get(writer) ?? { db: await pool.connect(), sent: [] };
      if (!writers.has(writer)) await open.db.query('begin');
      writers.set(writer, open);
      const id = `${run}-${index}`;
      await enqueue(open.db, { id, topic: 't', key, value: {} });
      const { rows: [at] } = await open.db.query<{ xid: string }>('select pg_current_xact_id()::text as xid');
      open.sent.push({ id, key, xid: BigInt(at?.xid ?? 0), index });
    }
    for (const writer of writers.keys()) await end(writer, 'commit');
    await drained(pool);
    committed.sort((one, two) => (one.xid === two.xid ? one.index - two.index : one.xid < two.xid ? -1 : 1));
    expect(new Set(recorder.ids())).toEqual(new Set(committed.map(({ id }) => id)));
    for (const key of ['a', 'b', 'c']) expect(recorder.firstArrivals(key)).toEqual(committed.filter((it) => it.key === key).map(({ id }) => id));
    expect((await measureQueues(pool)).outboxDead).toBe(0);
  }), { numRuns: 15 });
});

interface Sent { id: string; key: string; xid: bigint; index: number }

type Outcome = 'ok' | 'fail' | 'later';
const arrival = fc.record({ subject: fc.constantFrom('x', 'y', 'z'), again: fc.boolean(), outcomes: fc.array(fc.constantFrom<Outcome>('ok', 'fail', 'fail', 'later'), { maxLength: 4 }) });

test('whatever handlers do, each fact has its effect once or is dead, and each subject keeps its order', async () => {
  const { pool } = await testDatabase(folder);
  await pool.query('create table effect (id serial, key text unique, subject text)');
  let run = 0;
  await fc.assert(fc.asyncProperty(fc.array(arrival, { minLength: 1, maxLength: 20 }), async (arrivals) => {
    run++;
    const scripts = new Map<string, Outcome[]>();
    // Reference: three failures before the first success and the fact is dead.
    const expected: { key: string; subject: string }[] = [];
    let dead = 0;
    const worker = () => startInboxWorker({
      pool, log, now: () => new Date(), pollMs: 2, concurrency: 2, backoff: { attempts: 3, baseMs: 1, capMs: 2 },
      async handle({ key, subject }, db) {
        await db.query('insert into effect (key, subject) values ($1, $2)', [key, subject]);
        const outcome = scripts.get(key)?.shift() ?? 'ok';
        if (outcome === 'fail') throw new Error('scripted');
        if (outcome === 'later') throw new RetryLater(new Date());
      },
    });
    await using one = worker();
    await using two = worker();
    for (const [index, { subject, again, outcomes }] of arrivals.entries()) {
      const key = `${run}-${index}`;
      scripts.set(key, [...outcomes]);
      const ok = outcomes.indexOf('ok');
      if (outcomes.slice(0, ok < 0 ? undefined : ok).filter((outcome) => outcome === 'fail').length >= 3) dead++;
      else expected.push({ key, subject });
      expect(await storeInbox(pool, { key, kind: 'k', subject, payload: index })).toBe(true);
      if (again) expect(await storeInbox(pool, { key, kind: 'k', subject, payload: index })).toBe(false);
      (index % 2 === 0 ? one : two).wake();
    }
    await drained(pool);
    const { rows } = await pool.query<{ key: string; subject: string }>('select key, subject from effect order by id');
    for (const subject of ['x', 'y', 'z']) {
      expect(rows.filter((row) => row.subject === subject)).toEqual(expected.filter((row) => row.subject === subject));
    }
    expect((await measureQueues(pool)).inboxDead).toBe(dead);
    await pool.query('truncate effect, inbox');
  }), { numRuns: 15 });
});
