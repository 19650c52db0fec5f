/** Why GitHub did not do something, in few words that are counted. */
export const refusals = ['limit', 'locked', 'archived', 'missing', 'token', 'forbidden', 'invalid', 'unanswered'] as const;
export type Refusal = (typeof refusals)[number];

/** What a failed call to GitHub means for the job that made it. */
export interface Setback {
  readonly status: number | undefined;
  /** GitHub said when to come back. */
  readonly notBefore: Date | undefined;
  /** The request may have had its effect: nothing came back that says it did not. */
  readonly isUnknown: boolean;
  /** `undefined` when GitHub was not asked, or it is no failure of its. */
  readonly refusal: Refusal | undefined;
}

/** No limit that GitHub documents lasts longer than an hour: whatever an answer says, we come back after that. */
const longestMs = 3_660_000;
/** GitHub's docs: without a word on when, at least a minute. */
const silentMs = 60_000;

/** Reads the error of a request that Octokit made. Rate limits: docs "Rate limits for the REST API", `retry-after` before `x-ratelimit-reset`. */
export function readSetback(error: unknown, now: Date): Setback {
  const { status, response } = error as { status?: unknown; response?: { headers?: Record<string, unknown> } };
  const code = typeof status === 'number' && response !== undefined ? status : undefined;
  if (code === undefined || code >= 500) return { status: code, notBefore: undefined, isUnknown: true, refusal: 'unanswered' };
  const message = error instanceof Error ? error.message : '';
  const waitMs = code === 403 || code === 429 ? limitMs(response?.headers ?? {}, code, message, now) : undefined;
  if (waitMs === undefined) return { status: code, notBefore: undefined, isUnknown: false, refusal: reasonOf(code, message) };
  return { status: code, notBefore: new Date(now.getTime() + Math.min(Math.max(waitMs, 1_000), longestMs)), isUnknown: false, refusal: 'limit' };
}

function limitMs(headers: Record<string, unknown>, code: number, message: string, now: Date): number | undefined {
  const seconds = Number(headers['retry-after']);
  if (seconds > 0) return seconds * 1_000;
  const reset = Number(headers['x-ratelimit-reset']);
  // The end of the hour is told by GitHub's clock, and so is the time of the answer: what lies between them does not depend on ours.
  const told = Date.parse(String(headers['date']));
  if (headers['x-ratelimit-remaining'] === '0' && reset > 0) return (reset + 1) * 1_000 - (Number.isNaN(told) ? now.getTime() : told);
  return code === 429 || /rate limit/i.test(message) ? silentMs : undefined;
}

function reasonOf(code: number, message: string): Refusal {
  if (code === 404 || code === 410) return 'missing';
  if (code === 401) return 'token';
  if (code !== 403) return 'invalid';
  // GitHub has no code for these; its sentences have been the same for years.
  if (/\bis locked\b/i.test(message)) return 'locked';
  return /\barchived\b/i.test(message) ? 'archived' : 'forbidden';
}
