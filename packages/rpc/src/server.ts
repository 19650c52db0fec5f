import type { DescService } from '@bufbuild/protobuf';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import { fastifyConnectPlugin } from '@connectrpc/connect-fastify';
import Fastify, { type FastifyInstance } from 'fastify';
import { DoubloonError } from '@doubloon/errors';
import { childTraceparent, parseTraceparent, type Logger, type Registry } from '@doubloon/service';
import { answering, callerKey, durationsIn, nameOf, traced, traceparentKey, untilDeadline } from './calls.ts';
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
  /** For calls that bring no deadline of their own; one of more than 20 seconds is refused. */
  readonly defaultTimeoutMs?: number;
  /** The size of one request message. */
  readonly maxBytes?: number;
}

/** A Fastify server with the limits of an internal service, which serves `routes`. It does not listen yet. */
export function createRpcServer(options: RpcOptions): FastifyInstance {
  const server = Fastify({ requestTimeout: 30_000, connectionTimeout: 0, keepAliveTimeout: 30_000, forceCloseConnections: 'idle' });
  // A connection whose last call ends during a stop would stay open until its caller lets go of it.
  server.addHook('onResponse', (_request, _reply, next) => {
    if (!server.server.listening) setImmediate(() => { server.server.closeIdleConnections(); });
    next();
  });
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

  const observe = durationsIn(metrics);
  const requestGate = (context: HandlerContext): void => {
    const traceparent = childTraceparent(context.requestHeader.get('traceparent') ?? undefined);
    context.values.set(traceparentKey, traceparent);
    context.responseHeader.set('x-correlation-id', parseTraceparent(traceparent)?.traceId ?? '');
    const method = nameOf(context.method);
    const caller = callerOf(tokens, context.requestHeader.get('authorization'));
    if (caller !== undefined && allowed.get(method)?.has(caller) === true) {
      context.values.set(callerKey, caller);
      return;
    }
    const err = caller === undefined ? new DoubloonError('UNAUTHENTICATED', { method }) : new DoubloonError('FORBIDDEN', { method, caller });
    observe(method, err.code, 0);
    log.warn({ method, caller, code: err.code }, 'rpc turned away');
    throw toWire(err);
  };

  void server.register((scope, _options, done) => {
    scope.addHook('onRequest', (request, _reply, next) => {
      request.raw.headers['connect-timeout-ms'] ??= String(defaultTimeoutMs);
      next();
    });
    void scope.register(fastifyConnectPlugin, {
      routes: (router) => { for (const { service, methods } of routes) router.service(service, methods); },
      requestGate,
      interceptors: [traced, answering(log, observe), untilDeadline],
      readMaxBytes: maxBytes,
      // Below STOP_WITHIN of a service: whatever runs when it is asked to stop has an end in time.
      maxTimeoutMs: 20_000,
      // Nothing is compressed inside the house, so nothing can be blown up either.
      acceptCompression: [],
      grpc: false,
      grpcWeb: false,
    });
    done();
  });
}
