import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const text = (value: string): Buffer => {
  const length = Buffer.alloc(2);
  length.writeInt16BE(value.length);
  return Buffer.concat([length, Buffer.from(value)]);
};

const findCoordinator = { key: 10, version: 1, body: Buffer.concat([text('warm-up'), Buffer.from([0])]) };
const offsetFetch = { key: 9, version: 2, body: Buffer.concat([text('warm-up'), Buffer.from([0xff, 0xff, 0xff, 0xff])]) };

/**
 * Waits until a fresh broker answers group requests. The first one makes it create its topic of offsets; until that is loaded
 * it answers COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR or COORDINATOR_LOAD_IN_PROGRESS, which not every client retries.
 */
export async function warmGroupCoordinator(port: number, limitMs: number): Promise<void> {
  const until = Date.now() + limitMs;
  const socket = connect(port, '127.0.0.1');
  const ask = async ({ key, version, body }: typeof findCoordinator): Promise<Buffer> => {
    const header = Buffer.alloc(12);
    header.writeInt32BE(8 + text('warm-up').length + body.length, 0);
    header.writeInt16BE(key, 4);
    header.writeInt16BE(version, 6);
    socket.write(Buffer.concat([header, text('warm-up'), body]));
    let answer = Buffer.alloc(0);
    while (answer.length < 4 || answer.length < 4 + answer.readInt32BE(0)) {
      const [chunk] = (await once(socket, 'data', { signal: AbortSignal.timeout(Math.max(1, until - Date.now())) })) as [Buffer];
      answer = Buffer.concat([answer, chunk]);
    }
    return answer.subarray(8);
  };
  try {
    await once(socket, 'connect');
    for (;;) {
      // The error stands after the throttle time in the one and, as nothing was asked for, at the end of the other.
      const found = (await ask(findCoordinator)).readInt16BE(4);
      const error = found === 0 ? (await ask(offsetFetch)).readInt16BE(4) : found;
      if (error === 0) return;
      if (Date.now() > until) throw new Error(`the group coordinator of Kafka still answers error ${error}`);
      await sleep(20);
    }
  } finally {
    socket.destroy();
  }
}
