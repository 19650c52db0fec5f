import { expect, test } from 'vitest';
import { DoubloonError } from '@doubloon/errors';
import { createLogger, type Logger } from './logger.ts';
import { withTrace } from './trace.ts';

/** Everything that is logged in `work`, as text and as objects. */
function lines(work: (log: Logger) => void, level = 'trace'): { raw: string; lines: Record<string, unknown>[] } {
  const written: string[] = [];
  work(createLogger({ name: 'test', level, to: { write: (line: string) => { written.push(line); } } }));
  return { raw: written.join(''), lines: written.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('a line is JSON with app, level in words and ISO time', () => {
  const { lines: [line] } = lines((log) => { log.info({ offer: 'a1' }, 'offer opened'); });
  expect(line).toEqual({ level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/) as string, app: 'test', offer: 'a1', msg: 'offer opened' });
});

test('keys that sound like secrets are hidden at any depth, in children and in facts', () => {
  const { raw } = lines((log) => {
    log.info({ token: 'hunter2', request: { headers: { Authorization: 'hunter2', cookie: 'hunter2' } }, list: [{ client_secret: 'hunter2' }], privateKey: Buffer.from('hunter2') }, 'x');
    log.child({ password: 'hunter2', nested: { apiKey: 'hunter2' } }).info('y');
    log.error({ err: Object.assign(new Error('z'), { facts: { sessionId: 'hunter2' } }) }, 'z');
    log.error({ url: 'postgres://app:hunter2@db/app' }, 'url');
    log.error(new Error('connect to postgres://app:hunter2@db/app failed'));
    log.error({ url: 'https://plain.example', mail: 'a@b.example' }, 'an address is no password');
  });
  expect(raw).not.toContain('hunter2');
  expect(raw).toContain('postgres://[hidden]@db/app');
  expect(raw).toContain('"url":"https://plain.example","mail":"a@b.example"');
});

test('an error keeps its code, its facts and the chain of its causes', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const { lines: [line] } = lines((log) => { log.error({ err: new DoubloonError('SERVICE_UNAVAILABLE', { service: 'treasury' }, { cause }) }, 'failed'); });
  expect(line).toMatchObject({ err: { type: 'DoubloonError', code: 'SERVICE_UNAVAILABLE', facts: { service: 'treasury' }, stack: expect.any(String) as string, cause: { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' } } });
});

test('errors under other keys, in lists and in aggregates are not lost', () => {
  const { lines: [line] } = lines((log) => { log.error({ reason: new Error('one'), err: new AggregateError([new Error('two')], 'both') }, 'x'); });
  expect(line).toMatchObject({ reason: { message: 'one' }, err: { errors: [{ message: 'two' }] } });
});

test('bigints, circles and deep objects do not make a line fail', () => {
  const circle: Record<string, unknown> = { amount: 18_446_744_073_709_551_615n };
  circle['self'] = circle;
  const error = new Error('circular');
  error.cause = error;
  const { lines: written } = lines((log) => { log.info({ circle }, 'x'); log.error({ err: error }, 'y'); });
  expect(written).toMatchObject([{ circle: { amount: '18446744073709551615' } }, { err: { message: 'circular' } }]);
});

test('every line carries the trace it was written in', () => {
  const { lines: [inside, outside] } = lines((log) => {
    withTrace('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', () => { log.info('inside'); });
    log.info('outside');
  });
  expect(inside).toMatchObject({ trace: '4bf92f3577b34da6a3ce929d0e0e4736', span: expect.stringMatching(/^[0-9a-f]{16}$/) as string });
  expect(outside).not.toHaveProperty('trace');
});
