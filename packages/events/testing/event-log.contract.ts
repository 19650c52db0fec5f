import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { PoisonRecord, deadTopic, openEventLog, type EventLog, type LogRecord, type StoredRecord, type SubscribeOptions } from '../src/index.ts';
import { startConsumerProcess } from './consumer-process.ts';
import { quiet } from './quiet-log.ts';

/** A real server behind the log, which the suite may kill. */
export interface EventLogServer {
  readonly url: string;
  /** As a crash would: nothing is flushed on the way. */
  crash(): Promise<void>;
  /** On the same address and data as before. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const partitions = 6;
const eventually = { timeout: 30_000, interval: 25 };

const records = (count: number, keys: number, from = 0): LogRecord[] =>
  Array.from({ length: count }, (_, n) => ({ key: `7/${(from + n) % keys}`, value: JSON.stringify({ n: from + n }) }));
const numberOf = (record: LogRecord): number => (JSON.parse(record.value) as { n: number }).n;

/** Keeps what it was handed, in the order it came. */
const collector = (seen: StoredRecord[] = []) => ({ seen, handle: (record: StoredRecord) => Promise.resolve(void seen.push(record)) });

const expectOrderPerKey = (seen: readonly StoredRecord[]): void => {
  for (const [key, of] of Map.groupBy(seen, (record) => record.key)) {
    const firsts = [...new Set(of.map(numberOf))];
    expect(firsts, `first sightings of key ${key}`).toEqual(firsts.toSorted((a, b) => a - b));
  }
};

async function collect(iterable: AsyncIterable<StoredRecord>): Promise<StoredRecord[]> {
  const found: StoredRecord[] = [];
  for await (const record of iterable) found.push(record);
  return found;
}

/** The promise of `EventLog`, held against a real server. Every test has topics and groups of its own. */
export function eventLogContract(adapter: string, start: () => Promise<EventLogServer>): void {
  describe(`EventLog on ${adapter}`, () => {
    let server: EventLogServer;
    beforeAll(async () => {
      server = await start();
    }, 120_000);
    // Absent when it did not even start.
    afterAll(() => (server as EventLogServer | undefined)?.stop(), 60_000);

    const open = async (topic: string, log = quiet): Promise<EventLog> => {
      const opened = await openEventLog(server.url, { clientId: 'contract', log, topics: [topic], partitions });
      onTestFinished(() => opened[Symbol.asyncDispose]());
      return opened;
    };
    const topicName = (): string => `t-${randomUUID()}`;
    const subscribe = async (log: EventLog, options: SubscribeOptions) => {
      const subscription = await log.subscribe(options);
      onTestFinished(() => subscription[Symbol.asyncDispose]());
      return subscription;
    };
    const committed = async (log: EventLog, topic: string, group: string): Promise<string[]> => (await log.positions(topic, group)).map(({ offset }) => offset);
    const ends = async (log: EventLog, topic: string): Promise<string[]> => (await log.ends(topic)).map(({ offset }) => offset);

    test('hands out what was published: key, value, headers, position, time, in order per key', async () => {
      const topic = topicName();
      const log = await open(topic);
      const { seen, handle } = collector();
      const before = Date.now();
      const positions = await log.publish(topic, records(60, 7).map((record, n) => ({ ...record, headers: { 'ce-id': `id-${n}` } })));
      await subscribe(log, { topics: [topic], group: 'g', handle });
      await vi.waitFor(() => expect(seen).toHaveLength(60), eventually);

      expectOrderPerKey(seen);
      const byNumber = seen.toSorted((a, b) => numberOf(a) - numberOf(b));
      expect(byNumber.map(({ partition, offset }) => ({ topic, partition, offset }))).toEqual(positions);
      expect(byNumber.map(({ headers }) => headers)).toEqual(Array.from({ length: 60 }, (_, n) => ({ 'content-type': 'application/cloudevents+json', 'ce-id': `id-${n}` })));
      for (const { timestamp } of seen) expect(Math.abs(timestamp.getTime() - before)).toBeLessThan(60_000);
      expect(new Set(seen.map(({ partition }) => partition)).size).toBeGreaterThan(1);
    });

    test('keeps the order of a key across publishes that were not awaited', async () => {
      const topic = topicName();
      const log = await open(topic);
      await Promise.all(Array.from({ length: 40 }, (_, n) => log.publish(topic, records(3, 1, n * 3))));
      const found = await collect(log.replay(topic));
      expect(found.map(numberOf)).toEqual(Array.from({ length: 120 }, (_, n) => n));
    });

    test('two processes that publish side by side leave no gap and no double offset', async () => {
      const topic = topicName();
      const logs = [await open(topic), await open(topic)];
      const positions = await Promise.all(Array.from({ length: 30 }, (_, n) => (logs[n % 2] as EventLog).publish(topic, records(4, 20, n * 4))));
      const found = await collect((logs[0] as EventLog).replay(topic));
      for (const of of Map.groupBy(found, (record) => record.partition).values()) expect(of.map(({ offset }) => Number(offset))).toEqual(of.map((_, n) => n));
      expect(new Set(positions.flat().map(({ partition, offset }) => `${partition}/${offset}`)).size).toBe(120);
    });

    test('ends and positions are exact', async () => {
      const topic = topicName();
      const log = await open(topic);
      expect(await ends(log, topic)).toEqual(Array.from({ length: partitions }, () => '0'));
      expect(await committed(log, topic, 'nobody')).toEqual(Array.from({ length: partitions }, () => '0'));
      const placed = await log.publish(topic, records(50, 13));
      const count = Array.from({ length: partitions }, (_, partition) => String(placed.filter((it) => it.partition === partition).length));
      expect(await ends(log, topic)).toEqual(count);

      const { seen, handle } = collector();
      const subscription = await subscribe(log, { topics: [topic], group: 'g', handle });
      await vi.waitFor(async () => expect(await committed(log, topic, 'g')).toEqual(count), eventually);
      expect(seen).toHaveLength(50);
      await vi.waitFor(() => {
        const progress = subscription.progress().toSorted((a, b) => a.partition - b.partition);
        expect(progress.map(({ position }) => position)).toEqual(count);
        expect(progress.map(({ end }) => end)).toEqual(count);
      }, eventually);
    });

    test('progress shows a handler that is stuck: position before the end, and since when', async () => {
      const topic = topicName();
      const log = await open(topic);
      const stuck = Promise.withResolvers<undefined>();
      const subscription = await subscribe(log, { topics: [topic], group: 'g', handle: () => stuck.promise });
      const from = Date.now();
      await log.publish(topic, records(3, 1));
      const { partition } = (await log.publish(topic, records(1, 1)))[0] ?? { partition: -1 };
      await vi.waitFor(() => expect(subscription.progress().find((it) => it.partition === partition)).toMatchObject({ position: '0', end: '4' }), eventually);
      expect(subscription.progress().find((it) => it.partition === partition)?.since.getTime()).toBeLessThan(from + 10_000);
      stuck.resolve(undefined);
      await vi.waitFor(() => expect(subscription.progress().find((it) => it.partition === partition)).toMatchObject({ position: '4', end: '4' }), eventually);
    });

    test('a new group starts at the first record, a known one where it had come to', async () => {
      const topic = topicName();
      const log = await open(topic);
      await log.publish(topic, records(10, 5));
      const first = collector();
      const one = await log.subscribe({ topics: [topic], group: 'g', handle: first.handle });
      await vi.waitFor(() => expect(first.seen).toHaveLength(10), eventually);
      await one[Symbol.asyncDispose]();
      await log.publish(topic, records(5, 5, 10));
      const second = collector();
      await subscribe(log, { topics: [topic], group: 'g', handle: second.handle });
      await vi.waitFor(() => expect(second.seen).toHaveLength(5), eventually);
      expect(second.seen.map(numberOf).toSorted((a, b) => a - b)).toEqual([10, 11, 12, 13, 14]);
    });

    test('closing waits for the record under way and commits it', async () => {
      const topic = topicName();
      const log = await open(topic);
      const started = Promise.withResolvers<undefined>();
      const finish = Promise.withResolvers<undefined>();
      let handled = 0;
      const subscription = await log.subscribe({ topics: [topic], group: 'g', async handle() {
        started.resolve(undefined);
        await finish.promise;
        handled++;
      } });
      const [at] = await log.publish(topic, records(3, 1));
      await started.promise;
      const closed = subscription[Symbol.asyncDispose]();
      finish.resolve(undefined);
      await closed;
      const [now, partition] = [handled, at?.partition ?? -1];
      expect(now).toBeGreaterThan(0);
      expect((await committed(log, topic, 'g'))[partition]).toBe(String(now));
    });

    test('two consumers share the partitions; when one leaves, the other takes all, and nothing is lost', async () => {
      const topic = topicName();
      const [one, two] = [await open(topic), await open(topic)];
      const [a, b] = [collector(), collector()];
      const first = await subscribe(one, { topics: [topic], group: 'g', handle: a.handle });
      const second = await subscribe(two, { topics: [topic], group: 'g', handle: b.handle });
      await vi.waitFor(() => {
        expect(first.progress()).toHaveLength(partitions / 2);
        expect(second.progress()).toHaveLength(partitions / 2);
      }, eventually);
      await one.publish(topic, records(120, 30));
      await vi.waitFor(() => expect(a.seen.length + b.seen.length).toBeGreaterThanOrEqual(120), eventually);
      expect(a.seen.length).toBeGreaterThan(0);
      expect(b.seen.length).toBeGreaterThan(0);

      await second[Symbol.asyncDispose]();
      await vi.waitFor(() => expect(first.progress()).toHaveLength(partitions), eventually);
      await one.publish(topic, records(60, 30, 120));
      await vi.waitFor(() => expect(new Set([...a.seen, ...b.seen].map(numberOf)).size).toBe(180), eventually);
      expect(a.seen.length + b.seen.length, 'a calm hand-over repeats nothing').toBe(180);
      expectOrderPerKey(a.seen);
    });

    test('at least once across kill -9 of a consumer', async () => {
      const topic = topicName();
      const log = await open(topic);
      const child = await startConsumerProcess({ url: server.url, topic, group: 'g' });
      await log.publish(topic, records(200, 40));
      await child.handled(25);
      child.kill();
      await child.exited;
      const { seen, handle } = collector();
      await subscribe(log, { topics: [topic], group: 'g', handle });
      await vi.waitFor(() => expect(new Set([...child.finished(), ...seen.map(numberOf)]).size).toBe(200), eventually);
      expect(child.finished().length, 'the child was killed in the middle').toBeLessThan(200);
      expectOrderPerKey(seen);
    });

    test('replays from the start to the ends at call time, also while others write, and needs no group', async () => {
      const topic = topicName();
      const log = await open(topic);
      await log.publish(topic, records(500, 11));
      const writing = new AbortController();
      const writer = (async () => {
        for (let n = 500; !writing.signal.aborted; n += 5) await log.publish(topic, records(5, 11, n));
      })();
      const promised = (await log.ends(topic)).map(({ offset }) => Number(offset));
      const replay = log.replay(topic)[Symbol.asyncIterator]();
      const first = await replay.next();
      // Asked for when the replay already knew its own ends, so these can only be further.
      const called = (await log.ends(topic)).map(({ offset }) => Number(offset));
      await log.publish(topic, records(110, 11, 1_000_000));
      const found = first.done === true ? [] : [first.value, ...(await collect({ [Symbol.asyncIterator]: () => replay }))];
      writing.abort();
      await writer;
      expectOrderPerKey(found);
      for (let partition = 0; partition < partitions; partition++) {
        const offsets = found.filter((record) => record.partition === partition).map(({ offset }) => Number(offset));
        expect(offsets).toEqual(offsets.map((_, n) => n));
        expect(offsets.length).toBeGreaterThanOrEqual(promised[partition] ?? Infinity);
        expect(offsets.length).toBeLessThanOrEqual(called[partition] ?? -1);
      }
    });

    test('a replay of nothing ends at once, and one that is told to stop stops', async () => {
      const topic = topicName();
      const log = await open(topic);
      expect(await collect(log.replay(topic))).toEqual([]);
      await log.publish(topic, records(50, 5));
      const stop = new AbortController();
      const seen: StoredRecord[] = [];
      await expect((async () => {
        for await (const record of log.replay(topic, stop.signal)) {
          seen.push(record);
          stop.abort();
        }
      })()).rejects.toMatchObject({ name: 'AbortError' });
      expect(seen).toHaveLength(1);
    });

    test('a poison record goes to <topic>.dead with the reason and its place, while its neighbours go on', async () => {
      const topic = topicName();
      const log = await open(topic);
      const { seen, handle } = collector();
      await subscribe(log, { topics: [topic], group: 'g', handle: (record) => (numberOf(record) === 5 ? Promise.reject(new PoisonRecord('not for us')) : handle(record)) });
      const positions = await log.publish(topic, records(20, 1).map((record) => ({ ...record, headers: { 'ce-id': 'x' } })));
      await vi.waitFor(() => expect(seen).toHaveLength(19), eventually);
      await vi.waitFor(async () => expect(await committed(log, topic, 'g')).toEqual(await ends(log, topic)), eventually);
      const dead = await collect(log.replay(deadTopic(topic)));
      expect(dead).toHaveLength(1);
      expect(dead[0]).toMatchObject({
        key: '7/0', value: '{"n":5}',
        headers: {
          'ce-id': 'x', 'content-type': 'application/cloudevents+json', 'dead-reason': 'not for us', 'dead-topic': topic,
          'dead-partition': String(positions[5]?.partition), 'dead-offset': '5',
        },
      });
    });

    test('a poison record is set aside whatever its reason says and however large it is', async () => {
      const topic = topicName();
      const log = await open(topic);
      await log.publish(topic, [{ key: 'k', value: 'x'.repeat(890_000) }, { key: 'k', value: '{"n":1}' }]);
      const { seen, handle } = collector();
      await subscribe(log, { topics: [topic], group: 'g', handle: (record) => (record.offset === '0' ? Promise.reject(new PoisonRecord(`\0\ud800 ${'long '.repeat(5_000)}`)) : handle(record)) });
      await vi.waitFor(() => expect(seen).toHaveLength(1), eventually);
      const [dead] = await collect(log.replay(deadTopic(topic)));
      expect(dead?.value).toHaveLength(890_000);
      expect(dead?.headers?.['dead-reason']).toMatch(/^\ufffd long long/);
    });

    test('a record that fails is tried again before those behind it; other partitions go on meanwhile', async () => {
      const topic = topicName();
      const log = await open(topic);
      const order: number[] = [];
      let failures = 0;
      const elsewhere = (await log.publish(topic, records(2, 1)))[0]?.partition;
      await subscribe(log, { topics: [topic], group: 'g', async handle(record) {
        if (numberOf(record) === 1 && failures < 4) {
          failures++;
          throw new Error('not now');
        }
        await Promise.resolve(void order.push(numberOf(record)));
      } });
      await vi.waitFor(() => expect(failures).toBeGreaterThan(0), eventually);
      await log.publish(topic, records(80, 40, 2));
      await vi.waitFor(() => expect(order).toHaveLength(82), eventually);
      expect(failures).toBe(4);
      const same = (await collect(log.replay(topic))).filter((record) => record.partition === elsewhere).map(numberOf);
      expect(order.filter((n) => same.includes(n))).toEqual(same);
      expect(order.indexOf(1), 'others did not wait for it').toBeGreaterThan(1);
    });

    test('takes a batch of 20,000 records and one of large records whole', async () => {
      const topic = topicName();
      const log = await open(topic);
      const positions = await log.publish(topic, records(20_000, 97));
      expect(positions).toHaveLength(20_000);
      const large = Array.from({ length: 6 }, (_, n) => ({ key: 'big', value: JSON.stringify({ n, filling: 'x'.repeat(800_000) }) }));
      await log.publish(topic, large);
      const found = await collect(log.replay(topic));
      expect(found).toHaveLength(20_006);
      expectOrderPerKey(found);
      expect(found.filter(({ key }) => key === 'big').map(numberOf)).toEqual([0, 1, 2, 3, 4, 5]);
      const { seen, handle } = collector();
      await subscribe(log, { topics: [topic], group: 'g', handle });
      await vi.waitFor(() => expect(seen).toHaveLength(20_006), eventually);
    });

    test('refuses a record that is too large, has no key or can not be given back, before any of its batch is stored', async () => {
      const topic = topicName();
      const log = await open(topic);
      const good = { key: 'k', value: '{}' };
      await expect(log.publish(topic, [good, { key: 'k', value: 'x'.repeat(1_000_000) }])).rejects.toMatchObject({ code: 'EVENT_TOO_LARGE' });
      await expect(log.publish(topic, [good, { key: '', value: '{}' }])).rejects.toMatchObject({ code: 'EVENT_MALFORMED' });
      await expect(log.publish(topic, [good, { key: 'k', value: '\0' }])).rejects.toMatchObject({ code: 'EVENT_MALFORMED' });
      await expect(log.publish(topic, [good, { key: 'k', value: '\ud800' }])).rejects.toMatchObject({ code: 'EVENT_MALFORMED' });
      expect(await log.publish(topic, [])).toEqual([]);
      expect(await ends(log, topic)).toEqual(Array.from({ length: partitions }, () => '0'));
    });

    test('gives back text as it came: emoji, quotes, line ends, a header called __proto__', async () => {
      const topic = topicName();
      const log = await open(topic);
      const headers = JSON.parse('{"__proto__":"p","x-ü":"ü 💰"}') as Record<string, string>;
      const record = { key: `7/1 "'\\ 💰`, value: JSON.stringify({ n: 1, text: 'a\nb\r\n\u2028 \\u0000 💰' }), headers };
      await log.publish(topic, [record]);
      const [found] = await collect(log.replay(topic));
      expect(found).toMatchObject({ key: record.key, value: record.value });
      expect(Object.entries(found?.headers ?? {}).toSorted()).toEqual([['__proto__', 'p'], ['content-type', 'application/cloudevents+json'], ['x-ü', 'ü 💰']]);
    });

    test('a topic that nobody created is a clear failure everywhere', async () => {
      const log = await open(topicName());
      const unknown = { code: 'EVENT_TOPIC_UNKNOWN', facts: { topic: 'nowhere' } };
      await expect(log.publish('nowhere', records(1, 1))).rejects.toMatchObject(unknown);
      await expect(log.subscribe({ topics: ['nowhere'], group: 'g', handle: () => Promise.resolve() })).rejects.toMatchObject(unknown);
      await expect(collect(log.replay('nowhere'))).rejects.toMatchObject(unknown);
      await expect(log.ends('nowhere')).rejects.toMatchObject(unknown);
      await expect(log.positions('nowhere', 'g')).rejects.toMatchObject(unknown);
    });

    test('opened by four at once, a topic is there once', async () => {
      const topic = topicName();
      const logs = await Promise.all(Array.from({ length: 4 }, () => open(topic)));
      for (const log of logs) expect(await log.ends(topic)).toHaveLength(partitions);
      await Promise.all(logs.map((log, n) => log.publish(topic, records(1, 1, n))));
      expect(await ends(logs[0] as EventLog, topic)).toContain('4');
    });

    test('opening again keeps the partitions and records of a topic', async () => {
      const topic = topicName();
      const log = await open(topic);
      await log.publish(topic, records(3, 1));
      const again = await openEventLog(server.url, { clientId: 'contract', log: quiet, topics: [topic], partitions: 12 });
      onTestFinished(() => again[Symbol.asyncDispose]());
      expect(await again.ends(topic)).toHaveLength(partitions);
      expect(await collect(again.replay(topic))).toHaveLength(3);
    });

    // Last: it takes the server away under everybody's feet.
    test('what was acknowledged survives a crash of the server; meanwhile publishing fails clearly and in time, and a consumer waits', async () => {
      const topic = topicName();
      const log = await open(topic);
      const { seen, handle } = collector();
      await subscribe(log, { topics: [topic], group: 'g', handle });
      const acknowledged = new Set<number>();
      const writing = new AbortController();
      const writer = (async () => {
        for (let n = 0; !writing.signal.aborted; n += 5) {
          await log.publish(topic, records(5, 10, n)).then(() => records(5, 10, n).forEach((record) => acknowledged.add(numberOf(record))), () => undefined);
        }
      })();
      await vi.waitFor(() => expect(acknowledged.size).toBeGreaterThan(50), eventually);
      await server.crash();
      writing.abort();
      await writer;

      const asked = Date.now();
      await expect(log.publish(topic, records(1, 1, 1_000_000))).rejects.toMatchObject({ code: 'EVENT_LOG_UNAVAILABLE' });
      await expect(openEventLog(server.url, { clientId: 'contract', log: quiet, topics: [topic] })).rejects.toMatchObject({ code: 'EVENT_LOG_UNAVAILABLE' });
      expect(Date.now() - asked).toBeLessThan(30_000);

      await server.restart();
      await vi.waitFor(() => log.publish(topic, records(1, 1, 2_000_000)).then(() => acknowledged.add(2_000_000)), eventually);
      const stored = new Set((await collect(log.replay(topic))).map(numberOf));
      expect([...acknowledged].filter((n) => !stored.has(n))).toEqual([]);
      await vi.waitFor(() => {
        const handled = new Set(seen.map(numberOf));
        expect([...acknowledged].filter((n) => !handled.has(n))).toEqual([]);
      }, { timeout: 60_000, interval: 50 });
    }, 150_000);
  });
}
