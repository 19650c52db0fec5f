import { checkSchema, migrationsFolder, openPool } from '@doubloon/postgres';
import { createRpcServer } from '@doubloon/rpc';
import type { Service } from '@doubloon/service';
import type { IdentitySettings } from './config.ts';
import { identity } from './identity.ts';

/** Opens what the service needs and builds its server, which does not listen yet. */
export async function createApp({ config, log, health, open, metrics }: Service<IdentitySettings>): Promise<ReturnType<typeof createRpcServer>> {
  const pool = open.adopt(openPool({ url: config.databaseUrl, name: 'identity', log }), (it) => it.end());
  await checkSchema(pool, migrationsFolder('identity'));
  await health.watch('database', () => pool.query('select 1'));
  return open.adopt(createRpcServer({ routes: [identity()], tokens: config.callers, log, metrics }), (it) => it.close());
}
