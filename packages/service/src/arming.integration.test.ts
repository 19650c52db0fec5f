import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startProcess } from '../testing/process.ts';

const start = (env: Record<string, string>) => startProcess(join(import.meta.dirname, '../testing/echo-service.ts'), env);

test.each([
  [{ DOUBLOON_FAILPOINT: 'delivery-stored' }, 'DOUBLOON_FAILPOINT is set: failpoints are for tests, with NODE_ENV=test'],
  [{ DOUBLOON_FAILPOINT: 'delivery-stored', NODE_ENV: 'production' }, 'DOUBLOON_FAILPOINT is set: failpoints are for tests, with NODE_ENV=test'],
  [{ DOUBLOON_LAW_OFF: 'inbox', NODE_ENV: 'production' }, 'DOUBLOON_LAW_OFF is set: the laws hold outside of tests, where NODE_ENV=test'],
  [{ DOUBLOON_FAILPOINT: 'delivery-stord', NODE_ENV: 'test' }, 'DOUBLOON_FAILPOINT names no failpoint: write name or name:nth, with a name of packages/failpoints/src/names.ts'],
  [{ DOUBLOON_FAILPOINT: 'delivery-stored:0', NODE_ENV: 'test' }, 'DOUBLOON_FAILPOINT names no failpoint: write name or name:nth, with a name of packages/failpoints/src/names.ts'],
  [{ DOUBLOON_LAW_OFF: 'gravity', NODE_ENV: 'test' }, 'DOUBLOON_LAW_OFF names no law: it is one of inbox, outbox, intent, level'],
])('a service with %j refuses to start and says why', async (env, sentence) => {
  const service = start(env);
  await expect(service.ended).resolves.toBe(1);
  expect(service.stderr()).toBe(`echo can't start, its configuration is not usable:\n  ${sentence}\n`);
});

test('a service that is armed under test starts', async () => {
  const service = start({ DOUBLOON_FAILPOINT: 'delivery-stored:2', DOUBLOON_LAW_OFF: 'level', NODE_ENV: 'test' });
  await service.logged('started');
  service.kill('SIGTERM');
  await expect(service.ended).resolves.toBe(0);
});
