import type { DescMethod, DescService } from '@bufbuild/protobuf';
import { Code, ConnectError, createContextKey, type HandlerContext, type Interceptor, type ServiceImpl } from '@connectrpc/connect';
import { fastifyConnectPlugin } from '@connectrpc/connect-fastify';
import Fastify, { type FastifyInstance } from 'fastify';
import { DoubloonError, isDoubloonError } from '@doubloon/errors';
import { childTraceparent, correlationId, Histogram, parseTraceparent, withTrace, type Logger, type Registry } from '@doubloon/service';
import { toWire } from './failure.ts';
import { callerOf, type Callers } from './tokens.ts';

/** One service: its methods, and for each of them the callers that may call it. */
export interface Route {
  readonly service: DescService;
  readonly methods: Partial<ServiceImpl<DescService>>;
  readonly callers: Readonly<Record<string, readonly string[]>>;
}

/** A method that names no caller does not compile: nothing is open to everybody by omission. */
export function route<S extends DescService>(service: S, { methods, callers }: { methods: ServiceImpl<S>; callers: { readonly [M in keyof S['method']]: readonly string[] } }): Route {
  return { service, methods: methods as Partial<ServiceImpl<DescService>>, callers };
}

export interface RpcOptions {
  readonly routes: readonly Route[];
  readonly tokens: Callers;
  readonly log: Logger;
  /** Where the durations of calls are counted. */
  readonly metrics?: Registry;
  /** For calls that bring no deadline of their own. */
  readonly defaultTimeoutMs?: number;
  /** The size of one request message. */
  readonly maxBytes?: number;
}

const callerKey = createContextKey<string>('');
const traceparentKey = createContextKey<string | undefined>(undefined);

/** The proven name of who is calling, inside a method. */
export const callerIn = (context: HandlerContext): string => context.values.get(callerKey);

/** A Fastify server with the limits of an internal service, which serves `routes`. It does not listen yet. */
export function createRpcServer(options: RpcOptions): FastifyInstance {
  const server = Fastify({ requestTimeout: 30_000, connectionTimeout: 0, keepAliveTimeout: 30_000, forceCloseConnections: 'idle' });
  serveRpc(server, options);
  return server;
}

/**
 * Serves Connect over HTTP/1.1. Who is calling is checked before a byte of the message is read; the deadline of the
 * caller aborts `context.signal` and answers DEADLINE_EXCEEDED; the work runs in the caller's trace; failures of the
 * catalogue cross with code and facts, and everything else as INTERNAL with a reference that stands in the log.
 */
export function serveRpc(server: FastifyInstance, { routes, tokens, log, metrics, defaultTimeoutMs = 10_000, maxBytes = 256 * 1024 }: RpcOptions): void {
  const allowed = new Map(routes.flatMap(({ service, callers }) => service.methods.map((method) => [nameOf(method), new Set(callers[method.localName] ?? [])] as const)));

  const requestGate = (context: HandlerContext): void => {
    const traceparent = childTraceparent(context.requestHeader.get('traceparent') ?? undefined);
    context.values.set(traceparentKey, traceparent);
    context.responseHeader.set('x-correlation-id', parseTraceparent(traceparent)?.traceId ?? '');
    const method = nameOf(context.method);
    const caller = callerOf(tokens, context.requestHeader.get('authorization'));
    if (caller === undefined) throw toWire(new DoubloonError('UNAUTHENTICATED', { method }));
    if (allowed.get(method)?.has(caller) !== true) throw toWire(new DoubloonError('FORBIDDEN', { method, caller }));
    context.values.set(callerKey, caller);
  };

  void server.register((scope, _options, done) => {
    scope.addHook('onRequest', (request, _reply, next) => {
      request.raw.headers['connect-timeout-ms'] ??= String(defaultTimeoutMs);
      next();
    });
    void scope.register(fastifyConnectPlugin, {
      routes: (router) => { for (const { service, methods } of routes) router.service(service, methods); },
      requestGate,
      interceptors: [traced, answering(log, durationsIn(metrics)), untilDeadline],
      readMaxBytes: maxBytes,
      maxTimeoutMs: 120_000,
      // Nothing is compressed inside the house, so nothing can be blown up either.
      acceptCompression: [],
      grpc: false,
      grpcWeb: false,
      shutdownTimeoutMs: 20_000,
    });
    done();
  });
}

const nameOf = (method: DescMethod): string => `${method.parent.typeName}/${method.name}`;

const traced: Interceptor = (next) => (request) => withTrace(request.contextValues.get(traceparentKey), () => next(request));

const answering = (log: Logger, observe: (method: string, code: string, ms: number) => void): Interceptor => (next) => async (request) => {
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

// Labels are methods of our contracts and codes of our catalogue: both lists are short and known.
function durationsIn(metrics: Registry | undefined): (method: string, code: string, ms: number) => void {
  if (metrics === undefined) return () => undefined;
  const durations = new Histogram({ name: 'doubloon_rpc_duration_seconds', help: 'Time to answer a call, by method and code (OK or a failure code).', labelNames: ['method', 'code'], buckets: [0.005, 0.02, 0.1, 0.5, 2, 10], registers: [metrics] });
  return (method, code, ms) => { durations.observe({ method, code }, ms / 1000); };
}

// A method that ignores its signal must not keep the caller waiting; what it still does is nobody's answer any more.
const untilDeadline: Interceptor = (next) => async (request) => {
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
