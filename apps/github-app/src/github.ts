import { Probot, ProbotOctokit } from 'probot';
import type { Logger } from '@doubloon/service';
import { TooSoon } from './installation-pace.ts';

export type Octokit = InstanceType<typeof ProbotOctokit>;

export interface GitHubAccess {
  readonly appId: number;
  readonly privateKey: string;
  /** `https://api.github.com`, or `https://host/api/v3` of an Enterprise Server. */
  readonly apiUrl: string;
  /** Milliseconds until a request of ours is given up. */
  readonly timeoutMs?: number;
}

/**
 * Probot with the App's key. Its plugins that repeat requests by themselves are off: a creating call whose answer got lost
 * may have worked, and waiting in memory forgets. Both is decided where the job is written down.
 */
export async function openProbot({ appId, privateKey, apiUrl, timeoutMs = 10_000 }: GitHubAccess, log: Logger): Promise<Probot> {
  const Octokit = ProbotOctokit.defaults((options: object) => ({ ...options, retry: { enabled: false }, throttle: { enabled: false } }));
  const bounded: typeof fetch = (input, init) => fetch(input, { ...init, signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(init?.signal ? [init.signal] : [])]) });
  const probot = new Probot({
    appId,
    privateKey,
    baseUrl: apiUrl,
    Octokit,
    // Signatures are checked by our receiver before anything is stored; Probot's own is never reached.
    secret: 'unused: deliveries reach Probot from the inbox',
    log: log.child({}, { level: log.level === 'debug' || log.level === 'trace' ? log.level : 'fatal' }) as unknown as NonNullable<ConstructorParameters<typeof Probot>[0]>['log'] & object,
    request: { fetch: bounded },
  });
  return probot.ready();
}

/** What a failed call to GitHub means for the job that made it. */
export interface Setback {
  readonly status: number | undefined;
  /** GitHub said when to come back. */
  readonly notBefore: Date | undefined;
  /** The request may have had its effect: nothing came back that says it did not. */
  readonly isUnknown: boolean;
}

/** Reads the error of an Octokit call. Rate limits: docs "Rate limits for the REST API", `retry-after` before `x-ratelimit-reset`. */
export function readSetback(error: unknown, now: Date): Setback {
  if (error instanceof TooSoon) return { status: undefined, notBefore: error.notBefore, isUnknown: false };
  const { status, response } = error as { status?: unknown; response?: { headers?: Record<string, unknown> } };
  const code = typeof status === 'number' && response !== undefined ? status : undefined;
  const headers = response?.headers ?? {};
  if (code !== 403 && code !== 429) return { status: code, notBefore: undefined, isUnknown: code === undefined || code >= 500 };
  const seconds = Number(headers['retry-after']);
  const reset = Number(headers['x-ratelimit-reset']);
  const message = error instanceof Error ? error.message : '';
  if (seconds > 0) return { status: code, notBefore: new Date(now.getTime() + seconds * 1_000), isUnknown: false };
  if (headers['x-ratelimit-remaining'] === '0' && reset > 0) return { status: code, notBefore: new Date((reset + 1) * 1_000), isUnknown: false };
  if (code === 429 || /rate limit/i.test(message)) return { status: code, notBefore: new Date(now.getTime() + 60_000), isUnknown: false };
  return { status: code, notBefore: undefined, isUnknown: false };
}
