import type { DescMethod } from '@bufbuild/protobuf';
import { Code, ConnectError, createContextKey, type HandlerContext, type Interceptor } from '@connectrpc/connect';
import { DoubloonError, isDoubloonError } from '@doubloon/errors';
import { correlationId, Histogram, withTrace, type Logger, type Registry } from '@doubloon/service';
import { toWire } from './failure.ts';

export const callerKey = createContextKey<string>('');
export const traceparentKey = createContextKey<string | undefined>(undefined);

/** The proven name of who is calling, inside a method. */
export const callerIn = (context: HandlerContext): string => context.values.get(callerKey);

export const nameOf = (method: DescMethod): string => `${method.parent.typeName}/${method.name}`;

/** The work runs in the trace of the caller. */
export const traced: Interceptor = (next) => (request) => withTrace(request.contextValues.get(traceparentKey), () => next(request));

/** Every call is logged and counted once; what it throws becomes what may cross. */
export const answering = (log: Logger, observe: Observe): Interceptor => (next) => async (request) => {
  const [method, caller, began] = [nameOf(request.method), request.contextValues.get(callerKey), performance.now()];
  const ended = (code: string) => {
    const ms = Math.round(performance.now() - began);
    observe(method, code, ms);
    return { method, caller, ms };
  };
  try {
    const response = await next(request);
    log.debug(ended('OK'), 'rpc answered');
    return response;
  } catch (err) {
    if (isDoubloonError(err)) {
      log.info({ ...ended(err.code), err }, 'rpc refused');
      throw toWire(err);
    }
    const reference = correlationId() ?? '';
    log.error({ ...ended('INTERNAL'), reference, err }, 'rpc failed');
    throw toWire(new DoubloonError('INTERNAL', { reference }));
  }
};

export type Observe = (method: string, code: string, ms: number) => void;

/** Counts calls in a histogram, if there is a registry. Its labels are methods of our contracts and codes of our catalogue: both lists are short. */
export function durationsIn(metrics: Registry | undefined): Observe {
  if (metrics === undefined) return () => undefined;
  const durations = new Histogram({ name: 'doubloon_rpc_duration_seconds', help: 'Time to answer a call, by method and code (OK or a failure code).', labelNames: ['method', 'code'], buckets: [0.005, 0.02, 0.1, 0.5, 2, 10], registers: [metrics] });
  return (method, code, ms) => { durations.observe({ method, code }, ms / 1000); };
}

/**
 * Ends a call with DEADLINE_EXCEEDED when its time is over. A method that ignores its signal must not keep the caller
 * waiting; what it still does is nobody's answer any more.
 */
export const untilDeadline: Interceptor = (next) => async (request) => {
  const { signal } = request;
  const ended = () => {
    const isLate = signal.reason instanceof ConnectError && signal.reason.code === Code.DeadlineExceeded;
    return isLate ? new DoubloonError('DEADLINE_EXCEEDED', { method: nameOf(request.method) }) : new DoubloonError('SERVICE_UNAVAILABLE', { service: request.service.typeName }, { cause: signal.reason });
  };
  const { promise: late, reject } = Promise.withResolvers<never>();
  const onAbort = () => { reject(ended()); };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([next(request), late]);
  } catch (error) {
    // Work that gives up because it was told to throws the reason of the signal, or something of its library's own.
    throw signal.aborted && !isDoubloonError(error) ? ended() : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};
