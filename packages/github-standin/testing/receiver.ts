import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes as they came, as text: what is signed. */
  readonly text: string;
  readonly payload: Record<string, unknown>;
}

export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
}

/** A real HTTP server that keeps the webhooks it is sent, until the test has finished. `answer` gives the status. */
export async function startReceiver(answer: (received: Received) => number | Promise<number> = () => 202): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const one: Received = { headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])), text, payload: JSON.parse(text) as Record<string, unknown> };
      received.push(one);
      void Promise.resolve(answer(one)).then((status) => response.writeHead(status).end());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`, received };
}
