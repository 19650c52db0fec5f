import { createHmac, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { percentile } from './rounds.ts';
import { inChild } from './in-child.ts';

export interface Load {
  readonly port: number;
  readonly connections: number;
  /** Ends at whichever comes first. */
  readonly deliveries: number;
  readonly seconds: number;
  readonly secret: string;
  readonly event: string;
  /** In turn, each time under a GUID of its own. */
  readonly bodies: readonly string[];
}

export interface Loaded {
  readonly accepted: number;
  /** Answers other than 202, and connections that broke. */
  readonly refused: number;
  readonly perSecond: number;
  /** Milliseconds from the first byte sent to the last byte of the answer. */
  readonly p50: number;
  readonly p99: number;
}

/** Posts deliveries over kept connections, one at a time on each, from a process of its own that does as little as it can. */
export const load = (what: Load): Promise<Loaded> => inChild<Loaded>(fileURLToPath(import.meta.url), what);

if (process.send !== undefined && process.argv[1] === import.meta.filename) process.once('message', (what: Load) => void generate(what).then((found) => process.send?.(found)));

async function generate({ port, connections, deliveries, seconds, secret, event, bodies }: Load): Promise<Loaded> {
  // Signed beforehand: the load is to cost as little as it can.
  const signed = bodies.map((body) => ({
    bytes: Buffer.from(body),
    head: [
      'POST /webhooks HTTP/1.1', `host: 127.0.0.1:${String(port)}`, 'accept: */*', 'content-type: application/json', 'user-agent: GitHub-Hookshot/7f3c2a1', `x-github-event: ${event}`,
      `x-hub-signature-256: sha256=${createHmac('sha256', secret).update(body).digest('hex')}`, `content-length: ${String(Buffer.byteLength(body))}`, 'x-github-delivery: ',
    ].join('\r\n'),
  }));

  const times: number[] = [];
  let [sent, refused] = [0, 0];
  const began = performance.now();
  const goesOn = (): boolean => sent < deliveries && performance.now() - began < seconds * 1000;

  const drive = (): Promise<void> => new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let [answer, at] = ['', 0];
    const post = (): void => {
      const next = signed[sent % signed.length];
      if (next === undefined || !goesOn()) {
        socket.end();
        return;
      }
      sent++;
      answer = '';
      at = performance.now();
      socket.cork();
      socket.write(`${next.head}${randomUUID()}\r\n\r\n`, 'latin1');
      socket.write(next.bytes);
      socket.uncork();
    };
    socket.setEncoding('latin1').on('connect', post).on('error', () => { refused++; }).on('close', () => { resolve(); });
    socket.on('data', (chunk: string) => {
      answer += chunk;
      const headEnd = answer.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? 0);
      if (headEnd < 0 || answer.length < headEnd + 4 + length) return;
      if (answer.startsWith('HTTP/1.1 202')) times.push(performance.now() - at);
      else refused++;
      post();
    });
  });
  await Promise.all(Array.from({ length: connections }, drive));
  return { accepted: times.length, refused, perSecond: times.length / ((performance.now() - began) / 1000), p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}
