import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { currentTrace } from './trace.ts';
import { redact, redactText } from './redact.ts';

export type { Logger } from 'pino';

/**
 * JSON lines on stdout. Every line carries the trace it was written in; keys that sound like secrets are hidden; an
 * error under `err` keeps its code, its facts and the chain of its causes. A service logs under the app's name.
 */
export function createLogger({ name, level = 'info', to }: { name: string; level?: string; to?: DestinationStream }): Logger {
  return pino(
    {
      level,
      base: { app: name },
      timestamp: stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        bindings: (bindings) => redact(bindings) as Record<string, unknown>,
        log: (fields) => redact(fields) as Record<string, unknown>,
      },
      serializers: { err: (error: unknown) => describeError(error) },
      mixin: () => {
        const trace = currentTrace();
        return trace === undefined ? {} : { trace: trace.traceId, span: trace.spanId };
      },
    },
    to ?? pino.destination({ fd: 1, sync: true }),
  );
}

/** What is worth keeping of an error, as JSON: no secret, at most five causes. */
export function describeError(error: unknown, depth = 5): unknown {
  if (!(error instanceof Error)) return redact(error);
  const { name, message, stack, cause } = error;
  const { code, facts } = error as { code?: unknown; facts?: unknown };
  return {
    type: name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(facts === undefined ? {} : { facts: redact(facts) }),
    message: redactText(message),
    ...(stack === undefined ? {} : { stack: redactText(stack) }),
    ...(cause === undefined || depth === 0 ? {} : { cause: describeError(cause, depth - 1) }),
    ...(error instanceof AggregateError && depth > 0 ? { errors: error.errors.slice(0, 5).map((one) => describeError(one, depth - 1)) } : {}),
  };
}
