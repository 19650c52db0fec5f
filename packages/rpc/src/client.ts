import type { DescService } from '@bufbuild/protobuf';
import { createClient, type CallOptions, type Client, type Interceptor } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { childTraceparent, currentTraceparent } from '@doubloon/service';
import { IdentityService } from '../gen/doubloon/identity/v1/identity_pb.js';
import { TreasuryService } from '../gen/doubloon/treasury/v1/treasury_pb.js';
import { fromWire } from './failure.ts';

export interface ClientOptions {
  /** Where the service listens. */
  readonly url: string;
  /** The token of this caller for this service. */
  readonly token: string;
  /** The caller's name, for the other side's logs; what counts there is the token. */
  readonly caller: string;
  /** How long a call may take, at most 20 seconds, when it does not say so itself. */
  readonly timeoutMs?: number;
}

export type TreasuryClient = Client<typeof TreasuryService>;
export type IdentityClient = Client<typeof IdentityService>;

/**
 * Calls reject with a DoubloonError: the one the service threw, SERVICE_UNAVAILABLE, DEADLINE_EXCEEDED, or
 * UNKNOWN_FAILURE for a code that only a newer service knows. A call that the caller itself aborts rejects with the
 * reason of its signal. Nothing is tried twice: whether that is safe only the caller can know.
 */
export const createTreasuryClient = (options: ClientOptions): TreasuryClient => connect(TreasuryService, 'treasury', options);
export const createIdentityClient = (options: ClientOptions): IdentityClient => connect(IdentityService, 'identity', options);

function connect<S extends DescService>(service: S, name: string, { url, token, caller, timeoutMs = 10_000 }: ClientOptions): Client<S> {
  const identified: Interceptor = (next) => (request) => {
    request.header.set('authorization', `Bearer ${token}`);
    request.header.set('user-agent', `doubloon-${caller}`);
    request.header.set('traceparent', childTraceparent(currentTraceparent()));
    return next(request);
  };
  const transport = createConnectTransport({ baseUrl: url, httpVersion: '1.1', interceptors: [identified], defaultTimeoutMs: timeoutMs, acceptCompression: [], readMaxBytes: 4 * 1024 * 1024 });
  const client = createClient(service, transport) as Record<string, Call>;
  return Object.fromEntries(service.methods.map(({ localName, name: method }) => [localName, inOurWords(client[localName] as Call, { service: name, method: `${service.typeName}/${method}` })])) as unknown as Client<S>;
}

type Call = (message: unknown, options?: CallOptions) => Promise<unknown>;

// Around the client and not as an interceptor: the transport would wrap what an interceptor throws.
const inOurWords = (call: Call, names: { service: string; method: string }): Call => async (message, options) => {
  try {
    return await call(message, options);
  } catch (error) {
    options?.signal?.throwIfAborted();
    throw fromWire(error, names);
  }
};
