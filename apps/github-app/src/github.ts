import { Probot, ProbotOctokit } from 'probot';
import { boundedFetch, readSetback as readAnswer, type Setback } from '@doubloon/github';
import type { Logger } from '@doubloon/service';
import { TooSoon } from './issues/installation-pace.ts';

export type Octokit = InstanceType<typeof ProbotOctokit>;

export interface GitHubAccess {
  readonly appId: number;
  readonly privateKey: string;
  /** `https://api.github.com`, or `https://host/api/v3` of an Enterprise Server. */
  readonly apiUrl: string;
  /** Milliseconds until a request of ours is given up. */
  readonly timeoutMs?: number;
  /** Hears the headers of every answer. */
  readonly onAnswer?: (headers: Headers) => void;
}

interface TokenCache { set(key: string, token: string): void }

// The client keeps a token for 59 minutes, and would go on with one that GitHub has ended before. Its own `refresh` asks
// api.github.com for another, whatever `apiUrl` is; without the old one it asks where everything else is asked.
const forgetEndedToken = ({ hook, auth }: Pick<Octokit, 'hook' | 'auth'>): void => {
  hook.error('request', async (error, { url }) => {
    const isEnded = 'status' in error && error.status === 401 && !url.endsWith('/access_tokens');
    // Rejects for the App itself, which has no token.
    if (isEnded) await auth({ type: 'installation', factory: ({ cache, installationId }: { cache: TokenCache; installationId: number }) => { cache.set(String(installationId), ''); } }).catch(() => undefined);
    throw error;
  });
};

/**
 * Probot with the App's key. Its plugins that repeat requests by themselves are off: a creating call whose answer got lost
 * may have worked, and waiting in memory forgets. Both is decided where the job is written down.
 */
export async function openProbot({ appId, privateKey, apiUrl, timeoutMs = 10_000, onAnswer }: GitHubAccess, log: Logger): Promise<Probot> {
  const Octokit = ProbotOctokit.plugin(forgetEndedToken).defaults((options: object) => ({ ...options, retry: { enabled: false }, throttle: { enabled: false } }));
  const probot = new Probot({
    appId,
    privateKey,
    baseUrl: apiUrl,
    Octokit,
    // Signatures are checked by our receiver before anything is stored; Probot's own is never reached.
    secret: 'unused: deliveries reach Probot from the inbox',
    log: log.child({}, { level: log.level === 'debug' || log.level === 'trace' ? log.level : 'fatal' }) as unknown as NonNullable<ConstructorParameters<typeof Probot>[0]>['log'] & object,
    request: { fetch: boundedFetch({ timeoutMs, ...(onAnswer === undefined ? {} : { onAnswer }) }) },
  });
  return probot.ready();
}

export type { Refusal } from '@doubloon/github';

/** What a failed call to GitHub, or our own pace that kept us from it, means for the job that made it. */
export const readSetback = (error: unknown, now: Date): Setback =>
  error instanceof TooSoon ? { status: undefined, notBefore: error.notBefore, isUnknown: false, refusal: undefined } : readAnswer(error, now);
