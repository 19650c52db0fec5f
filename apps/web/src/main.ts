import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runService } from '@doubloon/service';
import packageJson from '../package.json' with { type: 'json' };
import { createWebApp, installApp } from './app.ts';
import { configuration } from './config.ts';
import { securityHeaders } from './security/headers.ts';

await runService({ name: 'web', version: packageJson.version, configuration }, async ({ config, log, metrics, open }) => {
  installApp(createWebApp({ config, log, metrics, now: () => performance.now() }));

  // Kit's adapter takes host and scheme of a page from headers: they are ours to say, never the visitor's.
  const { host, protocol } = new URL(config.origin);
  Object.assign(process.env, { PROTOCOL_HEADER: 'x-doubloon-protocol', HOST_HEADER: 'x-doubloon-host', BODY_SIZE_LIMIT: '16K', ...(config.addressHeader === undefined ? {} : { ADDRESS_HEADER: config.addressHeader }) });
  const { handler } = (await import(new URL('../build/handler.js', import.meta.url).href)) as { handler: RequestListener };

  const headers = new Map(Object.entries(securityHeaders(config.origin)));
  const server = createServer({ requestTimeout: 15_000, headersTimeout: 10_000, maxHeaderSize: 16_384 }, (request, response) => {
    // Of everything that is answered, the files beside the pages too; a page may say otherwise.
    response.setHeaders(headers);
    request.headers['x-doubloon-host'] = host;
    request.headers['x-doubloon-protocol'] = protocol.slice(0, -1);
    handler(request, response);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(config.port, config.host, resolve));
  open.defer(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // Live pages hold their stream open: they reconnect to whoever comes next.
        setTimeout(() => server.closeAllConnections(), 1_000).unref();
      }),
  );
  log.info({ origin: config.origin, port: (server.address() as AddressInfo).port }, 'listening');
});
