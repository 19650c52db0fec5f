import { execFile, fork, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { EventLogServer } from '../../testing/event-log.contract.ts';
import { whereKafkaIs } from '../../testing/kafka-here.ts';
import { quiet } from '../../testing/quiet-log.ts';
import { startTestKafka } from '../../testing/restartable-kafka.ts';
import { PoisonRecord, bountyEvent, deadTopic, openEventLog, toRecord, type EventLog, type EventLogLogger, type StoredRecord } from '../index.ts';

const kcat = spawnSync('kcat', ['-V']).error === undefined;
if (!kcat) process.stderr.write('SKIPPED a foreign client of Kafka: kcat is missing here\n');
const run = promisify(execFile);
const eventually = { timeout: 20_000, interval: 25 };

whereKafkaIs('Kafka, as we use it', () => describe('Kafka, as we use it', () => {
  let server: EventLogServer;
  beforeAll(async () => {
    server = await startTestKafka();
  }, 120_000);
  afterAll(() => (server as EventLogServer | undefined)?.stop(), 60_000);

  const broker = (): string => server.url.replace('kafka://', '');
  const open = async (topic: string, log: EventLogLogger = quiet): Promise<EventLog> => {
    const opened = await openEventLog(server.url, { clientId: 'habits', log, topics: [topic] });
    onTestFinished(() => opened[Symbol.asyncDispose]());
    return opened;
  };

  test('an idle consumer is idle: few timers, no warning', async () => {
    const child = fork(new URL('../../testing/idle-child.ts', import.meta.url), [JSON.stringify({ url: server.url, topic: `idle-${randomUUID()}` })]);
    onTestFinished(() => void child.kill('SIGKILL'));
    const [said] = (await once(child, 'message')) as [{ timers: number; cpuMs: number; warnings: string[] }];
    expect(said.warnings).toEqual([]);
    // The spin arms a thousand a second for each of its connections.
    expect(said.timers).toBeLessThan(200);
    await once(child, 'exit');
  });

  test('a handler may take longer than a session, and fail often, without a rebalance', async () => {
    const topic = `slow-${randomUUID()}`;
    let joined = 0;
    const log = await open(topic, { ...quiet, info: (_, message) => void (joined += Number(message === 'partitions taken')) });
    let tries = 0;
    let finished = 0;
    const subscription = await log.subscribe({ topics: [topic], group: 'g', async handle() {
      if (++tries < 4) throw new Error('not yet');
      await sleep(8_000);
      finished++;
    } });
    onTestFinished(() => subscription[Symbol.asyncDispose]());
    await log.publish(topic, [{ key: 'k', value: '{}' }]);
    await vi.waitFor(async () => expect((await log.positions(topic, 'g')).map(({ offset }) => offset)).toContain('1'), eventually);
    expect({ tries, finished, joined }).toEqual({ tries: 4, finished: 1, joined: 1 });
  });

  describe.skipIf(!kcat && process.env['CI'] !== 'true')(kcat ? 'a foreign client (kcat)' : 'kcat is missing here', () => {
    test('reads our records: partition, offset, key, value and headers', async () => {
      const topic = `foreign-${randomUUID()}`;
      const log = await open(topic);
      const events = Array.from({ length: 20 }, (_, n) => bountyEvent('offered', {
        id: `offered-${n}`, subject: `1/${n}`, time: new Date(0), sequence: 1n, data: { offerId: '0'.repeat(32), denom: 'sol', amount: '1' },
      }));
      const positions = await log.publish(topic, events.map(toRecord));
      const { stdout } = await run('kcat', ['-C', '-b', broker(), '-t', topic, '-o', 'beginning', '-e', '-q', '-f', '%p@%o %k %h %s\n']);
      const expected = events.map((event, n) => `${positions[n]?.partition}@${positions[n]?.offset} ${event.subject} content-type=application/cloudevents+json,ce-id=${event.id} ${toRecord(event).value}`);
      expect(stdout.trim().split('\n').toSorted()).toEqual(expected.toSorted());
    });

    test('puts a key in the partition where we put it', async () => {
      const topic = `keys-${randomUUID()}`;
      const log = await open(topic);
      for (const key of ['1/1', '1/2', '123456789/987654321', 'ü']) {
        const [ours] = await log.publish(topic, [{ key, value: '{}' }]);
        const produce = run('kcat', ['-P', '-b', broker(), '-t', topic, '-X', 'partitioner=murmur2_random', '-k', key]);
        produce.child.stdin?.end('theirs');
        await produce;
        const theirs = (await Array.fromAsync(log.replay(topic))).find((record) => record.key === key && record.value === 'theirs');
        expect(theirs?.partition, key).toBe(ours?.partition);
      }
    });

    test.each(['gzip', 'lz4', 'snappy', 'zstd'])('writes in %s, and we read it', async (codec) => {
      const topic = `codec-${randomUUID()}`;
      const log = await open(topic);
      const produce = run('kcat', ['-P', '-b', broker(), '-t', topic, '-z', codec, '-K', '=', '-H', 'ce-id=x']);
      produce.child.stdin?.end(`k=${'v'.repeat(2_000)}\n`);
      await produce;
      const seen: StoredRecord[] = [];
      const subscription = await log.subscribe({ topics: [topic], group: 'g', handle: (record) => Promise.resolve(void seen.push(record)) });
      onTestFinished(() => subscription[Symbol.asyncDispose]());
      await vi.waitFor(() => expect(seen).toHaveLength(1), eventually);
      expect(seen[0]).toMatchObject({ key: 'k', value: 'v'.repeat(2_000), headers: { 'ce-id': 'x' } });
    });

    test('sends a poison record without a key and larger than ours, which is set aside by its place', async () => {
      const topic = `large-${randomUUID()}`;
      const log = await open(topic);
      const produce = run('kcat', ['-P', '-b', broker(), '-t', topic, '-p', '0']);
      produce.child.stdin?.end('x'.repeat(990_000));
      await produce;
      const subscription = await log.subscribe({ topics: [topic], group: 'g', handle: () => Promise.reject(new PoisonRecord('not an event')) });
      onTestFinished(() => subscription[Symbol.asyncDispose]());
      await vi.waitFor(async () => expect((await log.positions(topic, 'g'))[0]?.offset).toBe('1'), eventually);
      expect(await Array.fromAsync(log.replay(deadTopic(topic)))).toMatchObject([{
        value: '', headers: { 'dead-reason': 'not an event', 'dead-topic': topic, 'dead-partition': '0', 'dead-offset': '0' },
      }]);
    });

    test('sends a record without key or value, which is handed on as empty text', async () => {
      const topic = `empty-${randomUUID()}`;
      const log = await open(topic);
      const produce = run('kcat', ['-P', '-b', broker(), '-t', topic, '-Z', '-K', '=']);
      produce.child.stdin?.end('=\n');
      await produce;
      expect(await Array.fromAsync(log.replay(topic))).toMatchObject([{ key: '', value: '' }]);
    });
  });
}));
