/** One JSON-RPC call as it arrived. */
export interface Call {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
  readonly body: string;
}

/** What goes back over HTTP. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** The connection ends before the whole body has come. */
  readonly isCutShort?: boolean;
}

/** One way to misbehave: looks at a call, passes it on or not, and answers; `undefined` never answers. */
export type Fault = (call: Call, forward: () => Promise<Reply>) => Promise<Reply | undefined>;

export type Commitment = 'processed' | 'confirmed' | 'finalized';

/** What a call says beside its arguments; nodes take the last object for it. */
export interface Conditions { readonly commitment?: Commitment; readonly minContextSlot?: number; readonly filters?: readonly object[]; readonly withContext?: boolean }

export function readCall(body: string): Call {
  const call = JSON.parse(body) as { id?: unknown; method?: unknown; params?: unknown };
  if (typeof call.method !== 'string') throw new TypeError('the proxy takes single JSON-RPC calls only');
  return { id: call.id, method: call.method, params: Array.isArray(call.params) ? call.params : [], body };
}

export function conditionsOf({ params }: Call): Conditions {
  const last = params.at(-1);
  return typeof last === 'object' && last !== null && !Array.isArray(last) ? last : {};
}

export const result = ({ id }: Pick<Call, 'id'>, value: unknown): Reply => ({ status: 200, body: JSON.stringify({ jsonrpc: '2.0', id, result: value }) });

export const failure = ({ id }: Pick<Call, 'id'>, { code, message, data }: { code: number; message: string; data?: unknown }): Reply =>
  ({ status: 200, body: JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, ...(data === undefined ? {} : { data }) } }) });

/** The answer with another result. Refusals stay as they are. */
export function changed(reply: Reply, change: (value: unknown) => unknown): Reply {
  const answer = JSON.parse(reply.body) as { result?: unknown };
  return 'result' in answer ? { ...reply, body: JSON.stringify({ ...answer, result: change(answer.result) }) } : reply;
}

/** The answer, as if to another question. */
export const withId = (reply: Reply, id: unknown): Reply => ({ ...reply, body: JSON.stringify({ ...(JSON.parse(reply.body) as object), id }) });
