import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** W3C Trace Context (https://www.w3.org/TR/trace-context/): the trace a piece of work belongs to, and its own span in it. */
export interface Trace {
  /** 32 lower-case hexadecimal digits; it is the correlation id as well. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

export type RandomBytes = (bytes: number) => Buffer;

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads a `traceparent` header; `undefined` for everything that section 3.2 of the specification calls invalid. */
export function parseTraceparent(header: string | undefined): Trace | undefined {
  const [, version = '', traceId = '', spanId = '', flags = '', rest] = form.exec(header ?? '') ?? [];
  if (version === '' || version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export const formatTraceparent = ({ traceId, spanId, sampled }: Trace): string => `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;

/** A trace that begins here. */
export function newTraceparent(random: RandomBytes = randomBytes): string {
  return formatTraceparent({ traceId: randomId(16, random), spanId: randomId(8, random), sampled: true });
}

/** A span of its own under `parent`; a trace that begins here when the parent is absent or invalid. */
export function childTraceparent(parent: string | undefined, random: RandomBytes = randomBytes): string {
  const trace = parseTraceparent(parent);
  return trace === undefined ? newTraceparent(random) : formatTraceparent({ ...trace, spanId: randomId(8, random) });
}

const storage = new AsyncLocalStorage<{ readonly traceparent: string; readonly trace: Trace }>();

/** Runs `work`, and all it starts, in a span of its own under `parent` (a header that came in, or what a row kept). */
export function withTrace<T>(parent: string | undefined, work: () => T): T {
  const traceparent = childTraceparent(parent);
  return storage.run({ traceparent, trace: parseTraceparent(traceparent) as Trace }, work);
}

/** The span of the running work, fit to be stored in a row or sent in a header; `undefined` outside of `withTrace`. */
export const currentTraceparent = (): string | undefined => storage.getStore()?.traceparent;
export const currentTrace = (): Trace | undefined => storage.getStore()?.trace;
/** What ties together all that one cause led to, in every service: the trace id. */
export const correlationId = (): string | undefined => storage.getStore()?.trace.traceId;

function randomId(bytes: number, random: RandomBytes): string {
  const id = random(bytes).toString('hex');
  return /^0+$/.test(id) ? randomId(bytes, random) : id;
}
