import { Code, ConnectError } from '@connectrpc/connect';
import { expect, test } from 'vitest';
import { DoubloonError } from '@doubloon/errors';
import { FailureSchema } from '../gen/doubloon/errors/v1/failure_pb.js';
import { fromWire, toWire } from './failure.ts';

const names = { service: 'treasury', method: 'doubloon.treasury.v1.TreasuryService/Quote' };
const sent = (code: string, factsJson: string) => new ConnectError('A sentence of theirs.', Code.FailedPrecondition, undefined, [{ desc: FailureSchema, value: { code, factsJson } }]);

test('a failure of the catalogue comes out as it went in, without its cause', () => {
  const failure = new DoubloonError('FORBIDDEN', { method: 'm', caller: 'web' }, { cause: new Error('internal detail') });
  const wire = toWire(failure);
  expect(wire.code).toBe(Code.PermissionDenied);
  expect(wire.rawMessage).toBe('The caller web may not call m.');
  wire.cause = undefined;
  expect(fromWire(wire, names)).toMatchObject({ name: 'DoubloonError', code: 'FORBIDDEN', facts: { method: 'm', caller: 'web' }, message: 'The caller web may not call m.', cause: wire });
});

test.each([['a code of a newer version', 'MOON_CLOSED', '{}'], ['a key of the prototype as code', '__proto__', '{}'], ['another', 'constructor', '{}'], ['facts that are no JSON', 'INTERNAL', '{'], ['facts that are a list', 'INTERNAL', '[]'], ['facts that are null', 'INTERNAL', 'null'], ['facts its sentence can not be made of', 'CONFIG_INVALID', '{}']])('%s survives as UNKNOWN_FAILURE with the sentence that was sent', (_, code, facts) => {
  expect(fromWire(sent(code, facts), names)).toMatchObject({ code: 'UNKNOWN_FAILURE', facts: { code, sentence: 'A sentence of theirs.' }, message: 'A sentence of theirs.' });
});

test('facts can not reach a prototype', () => {
  const { facts } = fromWire(sent('INTERNAL', '{"reference":"r","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"deep":{"__proto__":{"polluted":1}}}'), names);
  expect(Object.keys(facts)).toEqual(['reference', 'deep']);
  expect(Object.keys((facts as unknown as { deep: object }).deep)).toEqual([]);
  expect(Object.assign({}, facts)).not.toHaveProperty('polluted');
  expect({}).not.toHaveProperty('polluted');
});

test.each([
  [Code.DeadlineExceeded, 'DEADLINE_EXCEEDED'], [Code.Unauthenticated, 'UNAUTHENTICATED'], [Code.Unimplemented, 'UNIMPLEMENTED'], [Code.InvalidArgument, 'REQUEST_INVALID'], [Code.ResourceExhausted, 'REQUEST_INVALID'],
  [Code.Unavailable, 'SERVICE_UNAVAILABLE'], [Code.Unknown, 'SERVICE_UNAVAILABLE'], [Code.Aborted, 'SERVICE_UNAVAILABLE'],
])('what Connect says without a detail (%i) is %s', (code, expected) => {
  const error = new ConnectError('said', code);
  expect(fromWire(error, names)).toMatchObject({ code: expected, cause: error });
});
