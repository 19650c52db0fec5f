import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { terms } from '@doubloon/escrow';
import type { Stack } from '../stack/stack.ts';
import { instant, moveClock } from './clock.ts';

const hour = 3600n;
const day = 24n * hour;

/** How far the buttons move the chain's clock, by the last step of their address. */
const steps: Readonly<Record<string, { readonly seconds: bigint; readonly label: string; readonly what: string }>> = {
  'three-days': { seconds: terms.windowSeconds + 60n, label: 'Let 72 hours pass', what: 'the window of an award ends, and the cool-down of a link' },
  'deadline': { seconds: 90n * day + terms.graceSeconds + 60n, label: 'Let 93 days pass', what: 'the deadline of what is funded now is over, and the three days of grace' },
};

export interface ClockPage extends AsyncDisposable {
  readonly url: string;
}

/** A page with a button that lets days pass on the local chain, and nowhere else. It is for this machine alone. */
export async function serveClockPage(stack: Pick<Stack, 'chain' | 'localnet'>, port = 0): Promise<ClockPage> {
  let moving: Promise<unknown> = Promise.resolve();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(`The clock did not move: ${error instanceof Error ? error.message : String(error)}`);
    });
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '/', headers } = request;
    const step = steps[url.slice(1)];
    if (method === 'GET' && url === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'", 'cache-control': 'no-store' }).end(page(await stack.chain.time()));
    } else if (method === 'POST' && step !== undefined) {
      // Only its own button: another page in the same browser could send the form, too.
      if (headers.origin !== `http://${headers.host ?? ''}` || !isLoopback(headers.host)) return void response.writeHead(403).end();
      // One after the other, however often the button is pressed.
      moving = moving.catch(() => undefined).then(async () => moveClock(stack, (await stack.chain.time()) + step.seconds));
      await moving;
      response.writeHead(303, { location: '/' }).end();
    } else {
      response.writeHead(404).end();
    }
  }
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const isLoopback = (host = ''): boolean => /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);

const page = (time: bigint): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>The clock of the local chain</title>
<style>:root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}button{font:inherit;padding:.5rem 1rem;min-height:2.75rem}time{font-variant-numeric:tabular-nums}</style></head>
<body><main>
<h1>The clock of the local chain</h1>
<p>On the chain it is <time datetime="${instant(time)}">${instant(time).replace('T', ' ').replace('.000Z', ' UTC')}</time>. Nobody else’s clock moves, and this one never goes back.</p>
${Object.entries(steps).map(([name, { label, what }]) => `<form method="post" action="/${name}"><p><button>${label}</button><br>Then ${what}.</p></form>`).join('\n')}
</main></body></html>`;
