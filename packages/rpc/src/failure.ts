import { Code, ConnectError } from '@connectrpc/connect';
import { DoubloonError, isDoubloonError, isFailureCode, type FailureCode, type Failures } from '@doubloon/errors';
import { FailureSchema } from '../gen/doubloon/errors/v1/failure_pb.js';

const codes: { readonly [C in FailureCode]?: Code } = {
  UNAUTHENTICATED: Code.Unauthenticated,
  FORBIDDEN: Code.PermissionDenied,
  DEADLINE_EXCEEDED: Code.DeadlineExceeded,
  UNIMPLEMENTED: Code.Unimplemented,
  INTERNAL: Code.Internal,
};
const endings: readonly (readonly [RegExp, Code])[] = [
  [/_ABSENT$/, Code.NotFound],
  [/_(INVALID|UNKNOWN)$/, Code.InvalidArgument],
  [/_UNAVAILABLE$/, Code.Unavailable],
];

// For tools that know only Connect. Our own clients branch on the code in the detail.
const connectCodeOf = (code: FailureCode): Code => codes[code] ?? endings.find(([ending]) => ending.test(code))?.[1] ?? Code.FailedPrecondition;

/** A failure of the catalogue on its way out: code and facts as detail, its sentence as message. Causes stay here. */
export function toWire(failure: DoubloonError): ConnectError {
  const detail = { desc: FailureSchema, value: { code: failure.code, factsJson: JSON.stringify(failure.facts) } };
  return new ConnectError(failure.message, connectCodeOf(failure.code), undefined, [detail], failure);
}

/** What arrived from a call, as a failure of the catalogue again; what Connect said stays as its cause. */
export function fromWire(error: unknown, { service, method }: { service: string; method: string }): DoubloonError {
  const cause = ConnectError.from(error);
  if (isDoubloonError(cause.cause)) return cause.cause;
  const [detail] = cause.findDetails(FailureSchema);
  if (detail !== undefined) return restore(detail.code, detail.factsJson, cause);
  switch (cause.code) {
    case Code.DeadlineExceeded: return new DoubloonError('DEADLINE_EXCEEDED', { method }, { cause });
    case Code.Unauthenticated: return new DoubloonError('UNAUTHENTICATED', { method }, { cause });
    case Code.Unimplemented: return new DoubloonError('UNIMPLEMENTED', { method }, { cause });
    case Code.InvalidArgument:
    case Code.ResourceExhausted: return new DoubloonError('REQUEST_INVALID', { problem: cause.rawMessage }, { cause });
    default: return new DoubloonError('SERVICE_UNAVAILABLE', { service }, { cause });
  }
}

function restore(code: string, factsJson: string, cause: ConnectError): DoubloonError {
  if (isFailureCode(code)) {
    try {
      // Facts of another shape than this version knows make its sentence throw, or show nothing a person can read.
      return new DoubloonError(code, parseFacts(factsJson) as Failures[typeof code], { cause });
    } catch {
      // Falls through: a code we know with facts that we don't is as new as a code that we don't know.
    }
  }
  return new DoubloonError('UNKNOWN_FAILURE', { code, sentence: cause.rawMessage }, { cause });
}

const poisonous = new Set(['__proto__', 'constructor', 'prototype']);

function parseFacts(json: string): object {
  const facts: unknown = JSON.parse(json, (key, value: unknown) => (poisonous.has(key) ? undefined : value));
  if (typeof facts !== 'object' || facts === null || Array.isArray(facts)) throw new SyntaxError('facts are not an object');
  return facts;
}
