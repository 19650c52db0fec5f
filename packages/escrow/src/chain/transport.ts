import { DoubloonError, isDoubloonError } from '@doubloon/errors';
import type { FetchFn } from '@solana/web3.js';

// Codes by which a node says "not now": behind or unhealthy, block not there yet, internal trouble, too many questions.
const passing = new Set([429, -32004, -32005, -32007, -32014, -32016, -32603]);

interface RpcError { code: number; message: string }

function rpcErrorOf(answer: unknown): RpcError | undefined {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined;
  const { error } = answer;
  if (typeof error !== 'object' || error === null) return { code: 0, message: String(error) };
  return { code: 'code' in error ? Number(error.code) : 0, message: 'message' in error ? String(error.message) : '' };
}

// Far above what a list of ten thousand deposits takes, and far below what fills the memory of a process.
const mostBytes = 32 * 1024 * 1024;
const longestWaitMs = 60_000;

function askedIn(body: unknown): { call: string; id: unknown } {
  if (typeof body !== 'string') return { call: 'request', id: undefined };
  const { method, id } = JSON.parse(body) as { method?: unknown; id?: unknown };
  return { call: typeof method === 'string' ? method : 'request', id };
}

/** Milliseconds that an answer asks to wait for (RFC 9110, 10.2.3: seconds, or a date), within reason. */
function retryAfterOf({ headers }: Response): { retryAfterMs?: number } {
  const text = headers.get('retry-after');
  if (text === null) return {};
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? { retryAfterMs: Math.min(ms, longestWaitMs) } : {};
}

/** Reads no further than what an answer may have; leaving the loop ends the connection. */
async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > mostBytes) throw new RangeError('it is longer than 32 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

const isFor = (id: unknown, answer: unknown): boolean => typeof answer === 'object' && answer !== null && 'id' in answer && answer.id === id;

/**
 * A fetch for web3.js that says what went wrong in our words: it throws instead of handing JSON-RPC errors on, because
 * web3.js drops their codes. `signal` ends everything under way.
 */
export function rpcFetch({ timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal }): FetchFn {
  const request = async (url: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> => {
    const { call, id } = askedIn(init?.body);
    let text: string;
    try {
      const response = await fetch(url, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
      if (!response.ok) {
        await response.body?.cancel();
        throw new DoubloonError('CHAIN_UNAVAILABLE', { call, ...retryAfterOf(response) }, { cause: new Error(`HTTP ${response.status}`) });
      }
      text = await textOf(response);
    } catch (cause) {
      if (isDoubloonError(cause)) throw cause;
      if (cause instanceof RangeError) throw new DoubloonError('CHAIN_ANSWER_MALFORMED', { call, problem: cause.message }, { cause });
      throw new DoubloonError('CHAIN_UNAVAILABLE', { call }, { cause });
    }
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch (cause) {
      throw new DoubloonError('CHAIN_ANSWER_MALFORMED', { call, problem: 'it is not JSON' }, { cause });
    }
    const error = rpcErrorOf(answer);
    if (error === undefined && !isFor(id, answer)) throw new DoubloonError('CHAIN_ANSWER_MALFORMED', { call, problem: 'it answers another question' });
    if (error === undefined) return new Response(text, { headers: { 'content-type': 'application/json' } });
    const cause = new Error(`JSON-RPC error ${error.code}: ${error.message}`);
    if (passing.has(error.code)) throw new DoubloonError('CHAIN_UNAVAILABLE', { call }, { cause });
    throw new DoubloonError('CHAIN_REFUSED', { call, code: error.code, reason: error.message }, { cause });
  };
  return request as unknown as FetchFn;   // web3.js types its fetch by node-fetch, whose classes differ in name only
}

/** Runs one call; what is not one of our failures yet is web3.js finding the answer in another shape. */
export async function asking<T>(call: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isDoubloonError(cause)) throw cause;
    throw new DoubloonError('CHAIN_ANSWER_MALFORMED', { call, problem: cause instanceof Error ? cause.message.split('\n', 1)[0] ?? '' : String(cause) }, { cause });
  }
}

/** A whole number as bigint. JSON numbers above 2^53 have lost digits on the way, so they are refused. */
export function exact(call: string, value: number): bigint {
  if (!Number.isSafeInteger(value)) throw new DoubloonError('CHAIN_ANSWER_MALFORMED', { call, problem: `${value} is not an exact whole number` });
  return BigInt(value);
}
