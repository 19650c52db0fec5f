import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { redact } from './redact.ts';
import { currentTrace } from './trace.ts';

export type { Logger } from 'pino';

/**
 * JSON lines on stdout. Every line carries the trace it was written in; keys that sound like secrets are hidden; an
 * error keeps its code, its facts and the chain of its causes.
 */
export function createLogger({ name, level = 'info', to }: { name: string; level?: string; to?: DestinationStream }): Logger {
  const fields = (object: object) => redact(object) as Record<string, unknown>;
  return pino(
    {
      level,
      base: { app: name },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), bindings: fields, log: fields },
      mixin: () => {
        const trace = currentTrace();
        return trace === undefined ? {} : { trace: trace.traceId, span: trace.spanId };
      },
    },
    // Synchronous, so that the last line before an exit is not lost.
    to ?? pino.destination({ fd: 1, sync: true }),
  );
}
