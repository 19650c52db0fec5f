import { createHmac } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inChild } from '../bench/in-child.ts';
import { percentile } from '../bench/rounds.ts';

export interface Flood {
  readonly port: number;
  readonly secret: string;
  readonly event: string;
  readonly body: string;
  /** One for each delivery. */
  readonly guids: readonly string[];
  readonly perSecond: number;
  /** So many are under way at once at most: what the sender can't send in time is sent late, and counted as sent. */
  readonly connections: number;
}

export interface Flooded {
  readonly seconds: number;
  /** How often each status was answered; 0 stands for no answer. */
  readonly answers: Readonly<Record<string, number>>;
  /** Milliseconds, of those that were answered 202, and of those that were answered 503. */
  readonly accepted: { readonly p50: number; readonly p99: number };
  readonly shed: { readonly p50: number; readonly p99: number };
}

/** Sends deliveries at a pace that does not ask how fast they are answered, from a process of its own. */
export const flood = (what: Flood): Promise<Flooded> => inChild<Flooded>(fileURLToPath(import.meta.url), what);

if (process.send !== undefined && process.argv[1] === import.meta.filename) process.once('message', (what: Flood) => void send(what).then((found) => process.send?.(found)));

async function send({ port, secret, event, body, guids, perSecond, connections }: Flood): Promise<Flooded> {
  const head = [
    'POST /webhooks HTTP/1.1', `host: 127.0.0.1:${String(port)}`, 'content-type: application/json', 'user-agent: GitHub-Hookshot/7f3c2a1', `x-github-event: ${event}`,
    `x-hub-signature-256: sha256=${createHmac('sha256', secret).update(body).digest('hex')}`, `content-length: ${String(Buffer.byteLength(body))}`, 'x-github-delivery: ',
  ].join('\r\n');
  const took = new Map<string, number[]>();
  let sent = 0;
  const began = performance.now();
  const due = (): number => Math.min(guids.length, Math.floor(((performance.now() - began) * perSecond) / 1000));

  /** One at a time over one connection, and over a new one when that is closed. */
  const drive = async (): Promise<void> => {
    let socket: Socket | undefined;
    while (sent < guids.length) {
      if (sent >= due()) {
        await sleep(2);
        continue;
      }
      const guid = guids[sent++] ?? '';
      const at = performance.now();
      const open = socket ?? connect({ port, host: '127.0.0.1', noDelay: true });
      const status = await exchange(open, `${head}${guid}\r\n\r\n${body}`).catch(() => '0');
      const all = took.get(status) ?? [];
      all.push(performance.now() - at);
      took.set(status, all);
      socket = open.destroyed ? undefined : open;
    }
    socket?.destroy();
  };
  await Promise.all(Array.from({ length: connections }, drive));
  const of = (status: string) => ({ p50: percentile(took.get(status) ?? [], 0.5), p99: percentile(took.get(status) ?? [], 0.99) });
  return { seconds: (performance.now() - began) / 1000, answers: Object.fromEntries([...took].map(([status, all]) => [status, all.length])), accepted: of('202'), shed: of('503') };
}

/** Resolves with the status when the whole answer is there. */
function exchange(socket: Socket, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const stop = (): void => { socket.off('data', take).off('error', fail).off('close', fail); };
    const fail = (): void => { stop(); socket.destroy(); reject(new Error('no answer')); };
    const take = (chunk: Buffer): void => {
      answer += chunk.toString('latin1');
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0 || answer.length < end + 4 + Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? 0)) return;
      stop();
      if (/connection: close/i.test(answer.slice(0, end))) socket.destroy();
      resolve(answer.slice(9, 12));
    };
    socket.on('data', take).on('error', fail).on('close', fail);
    socket.write(request);
  });
}
