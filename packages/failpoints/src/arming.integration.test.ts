import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const pass = (env: Readonly<Record<string, string>>) => {
  const { signal, status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, '../testing/passing-process.ts')], { env, encoding: 'utf8' });
  return { signal, status, passed: stdout.split('\n').length - 1 };
};

test('an armed process dies at its failpoint as if its power were cut, before the next step', () => {
  expect(pass({ NODE_ENV: 'test', DOUBLOON_FAILPOINT: 'delivery-stored' })).toEqual({ signal: 'SIGKILL', status: null, passed: 0 });
});

test('name:nth lets it pass until then', () => {
  expect(pass({ NODE_ENV: 'test', DOUBLOON_FAILPOINT: 'delivery-stored:3' })).toEqual({ signal: 'SIGKILL', status: null, passed: 2 });
});

test.each([
  { NODE_ENV: 'test' },
  { NODE_ENV: 'test', DOUBLOON_FAILPOINT: 'inbox-claimed' },
  { NODE_ENV: 'production', DOUBLOON_FAILPOINT: 'delivery-stored' },
  { DOUBLOON_FAILPOINT: 'delivery-stored' },
])('nothing dies with %j', (env) => {
  expect(pass(env)).toEqual({ signal: null, status: 0, passed: 3 });
});
