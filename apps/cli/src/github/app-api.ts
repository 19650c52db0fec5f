import { DoubloonError } from '@doubloon/errors';

export interface Answered {
  readonly status: number;
  /** GitHub's clock when it answered; `undefined` when it did not say. */
  readonly date: Date | undefined;
  readonly body: unknown;
}

/** One request to the REST API. `GITHUB_UNAVAILABLE` when there is no answer in 10 s, or one that is no JSON. */
export async function askGitHub(apiUrl: string, path: string, { authorization, method = 'GET', body }: { authorization?: string; method?: string; body?: object } = {}): Promise<Answered> {
  const headers = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28', 'user-agent': 'doubloon', ...(authorization === undefined ? {} : { authorization }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  try {
    const reply = await fetch(`${apiUrl.replace(/\/$/, '')}${path}`, { method, headers, signal: AbortSignal.timeout(10_000), redirect: 'error', ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const told = Date.parse(reply.headers.get('date') ?? '');
    const text = await reply.text();
    return { status: reply.status, date: Number.isNaN(told) ? undefined : new Date(told), body: text === '' ? undefined : JSON.parse(text) as unknown };
  } catch (cause) {
    throw new DoubloonError('GITHUB_UNAVAILABLE', { call: `${method} ${path}` }, { cause });
  }
}
