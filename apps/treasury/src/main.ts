import { runService } from '@doubloon/service';
import about from '../package.json' with { type: 'json' };
import { createApp } from './app.ts';
import { configuration } from './config.ts';

await runService({ name: 'treasury', version: about.version, configuration }, async (service) => {
  const server = await createApp(service);
  const url = await server.listen({ host: service.config.host, port: service.config.port });
  service.log.info({ url }, 'listening');
});
