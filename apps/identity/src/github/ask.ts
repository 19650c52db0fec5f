import { DoubloonError } from '@doubloon/errors';
import { boundedFetch, readSetback, type FetchBounds } from '@doubloon/github';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; `undefined` where there is none. */
  readonly body: unknown;
}

export interface Question {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly accept?: string;
  /** Without it GitHub takes us for nobody. */
  readonly authorization?: string | undefined;
  readonly etag?: string | undefined;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

/** Asks GitHub one thing, once. Rejects with what went wrong on the way; every answer that came is one. */
export type Ask = (question: Question) => Promise<Answer>;

const longestAnswer = 2 * 1024 * 1024;

/** Redirects are answers: what is elsewhere now is not what was asked for. */
export function openAsk(bounds: FetchBounds): Ask {
  const bounded = boundedFetch(bounds);
  return async ({ method = 'GET', url, accept = 'application/vnd.github+json', authorization, etag, body, signal }) => {
    const reply = await bounded(url, {
      method, redirect: 'manual', ...(signal === undefined ? {} : { signal }), ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: {
        accept, 'user-agent': 'doubloon', 'x-github-api-version': '2022-11-28',
        ...(authorization === undefined ? {} : { authorization }), ...(etag === undefined ? {} : { 'if-none-match': etag }), ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
    });
    const text = await textOf(reply);
    return { status: reply.status, headers: reply.headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
}

/** Rejects when it is longer than whatever GitHub says. */
async function textOf(reply: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of reply.body ?? []) {
    length += chunk.length;
    if (length > longestAnswer) throw new Error(`the answer is longer than ${String(longestAnswer)} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

export const unavailable = (call: string, cause?: unknown): DoubloonError<'GITHUB_UNAVAILABLE'> => new DoubloonError('GITHUB_UNAVAILABLE', { call }, { cause });

/** Until when GitHub wants to hear nothing, when an answer says so. */
export function askedToWait({ status, headers, body }: Answer, now: Date): Date | undefined {
  const { message } = (typeof body === 'object' && body !== null ? body : {}) as { message?: unknown };
  return readSetback(Object.assign(new Error(typeof message === 'string' ? message : ''), { status, response: { headers: Object.fromEntries(headers) } }), now).notBefore;
}
