import { expect, test } from 'vitest';
import { openEventLog } from './index.ts';
import { quiet } from '../testing/quiet-log.ts';

test.each(['', 'http://127.0.0.1:9092', 'kafka://', 'kafka://host', 'kafka://host:9092/path', 'kafka://user:pass@host:9092', 'mysql://host:1/db'])('refuses %j as the address of a log, without repeating it', async (url) => {
  const failure = await openEventLog(url, { clientId: 'test', log: quiet, topics: [] }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'CONFIG_INVALID' });
  expect(String(failure)).not.toContain('pass@');
});
