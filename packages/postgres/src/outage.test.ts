import { expect, test } from 'vitest';
import { DoubloonError } from '@doubloon/errors';
import { isDatabaseOutage } from './outage.ts';
import { isPassing } from './retry.ts';

const coded = (code: string) => Object.assign(new Error('said'), { code });

test.each(['08000', '08006', '08P01', '53100', '53200', '53300', '57P01', '57P02', '57P03', '57P05', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'])('%s is an outage, which passes', (code) => {
  expect([isDatabaseOutage(coded(code)), isPassing(coded(code))]).toEqual([true, true]);
});

test.each([
  'Connection terminated', 'Connection terminated unexpectedly', 'Connection terminated due to connection timeout', 'timeout exceeded when trying to connect', 'timeout expired', 'Query read timeout',
  'Client has encountered a connection error and is not queryable', 'Client was closed and is not queryable',
])('"%s" is one without a code', (message) => {
  expect([isDatabaseOutage(new Error(message)), isPassing(new Error(message))]).toEqual([true, true]);
});

test.each([
  ['a constraint', coded('23505')], ['a text that Postgres does not take', coded('22021')], ['a statement that took too long', coded('57014')], ['a database that was dropped', coded('57P04')],
  ['a mistake of ours', new TypeError('offer is undefined')], ['an error that only quotes one', new Error('not a Connection terminated')], ['no error', 'ECONNREFUSED'],
])('%s is none, and does not pass', (_, error) => {
  expect([isDatabaseOutage(error), isPassing(error)]).toEqual([false, false]);
});

test('what passes without an outage of the database is told apart', () => {
  for (const error of [coded('40001'), coded('40P01'), coded('55P03'), new DoubloonError('SERVICE_UNAVAILABLE', { service: 'treasury' })]) expect([isDatabaseOutage(error), isPassing(error)]).toEqual([false, true]);
});
