import type { AddressInfo } from 'node:net';
import { runService } from '@doubloon/service';
import about from '../package.json' with { type: 'json' };
import { createApp } from './app.ts';
import { configuration } from './config.ts';

await runService({ name: 'github-app', version: about.version, configuration }, async (service) => {
  const { config, log, open } = service;
  const server = await createApp(service);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(config.port, config.host, resolve));
  // Deliveries under way are answered; what GitHub sends after that fails there and is found again.
  open.defer(() => new Promise<void>((resolve) => { server.close(() => { resolve(); }); server.closeIdleConnections(); }));
  log.info({ url: `http://${config.host}:${String((server.address() as AddressInfo).port)}` }, 'listening');
});
