import { pino, stdTimeFunctions, type Bindings, type DestinationStream, type Logger } from 'pino';
import { redact, redactText } from './redact.ts';
import { currentTrace } from './trace.ts';

export type { Logger } from 'pino';

/**
 * JSON lines on stdout. Every line carries the trace it was written in; keys that sound like secrets and
 * the user part of URLs are hidden; an error keeps its code, its facts and the chain of its causes.
 */
export function createLogger({ name, level = 'info', to }: { name: string; level?: string; to?: DestinationStream }): Logger {
  const fields = (object: object) => redact(object) as Record<string, unknown>;
  const root = pino(
    {
      level,
      base: { app: name },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: fields },
      // Errors are described by then; pino's own serializer would take the description for an error again.
      serializers: { err: (described: unknown) => described },
      hooks: { streamWrite: redactText },
      mixin: () => {
        const trace = currentTrace();
        return trace === undefined ? {} : { trace: trace.traceId, span: trace.spanId };
      },
    },
    // Synchronous, so that the last line before an exit is not lost.
    to ?? pino.destination({ fd: 1, sync: true }),
  );
  // pino formats the bindings of a root logger only.
  const { child } = root;
  return Object.assign(root, {
    child(this: Logger, bindings: Bindings) {
      return child.call(this, fields(bindings));
    },
  });
}
