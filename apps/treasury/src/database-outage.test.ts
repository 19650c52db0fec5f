import { expect, test } from 'vitest';
import { DoubloonError } from '@doubloon/errors';
import { isDatabaseOutage, throughOutages } from './database-outage.ts';

const coded = (code: string) => Object.assign(new Error('said'), { code });

test.each(['57P01', '57P03', '53300', '08006', 'ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND'])('%s is an outage', (code) => {
  expect(isDatabaseOutage(coded(code))).toBe(true);
});

test.each(['Connection terminated unexpectedly', 'Connection terminated due to connection timeout', 'timeout exceeded when trying to connect', 'Client has encountered a connection error and is not queryable'])('"%s" is one without a code', (message) => {
  expect(isDatabaseOutage(new Error(message))).toBe(true);
});

test.each([
  ['a constraint', coded('23505')], ['a text that Postgres does not take', coded('22021')], ['a statement that took too long', coded('57014')], ['a mistake of ours', new TypeError('offer is undefined')],
  ['an error that only quotes one', new Error('not a Connection terminated')], ['a failure of the catalogue', new DoubloonError('CHAIN_UNAVAILABLE', { call: 'getSlot' })], ['no error', 'ECONNREFUSED'],
])('%s is none, and is thrown as it is', async (_name, error) => {
  expect(isDatabaseOutage(error)).toBe(false);
  await expect(throughOutages(() => Promise.reject(error as Error))({})).rejects.toBe(error);
});
