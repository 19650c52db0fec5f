import type { AppTokens, InstallationToken } from './app-tokens.ts';
import { askedToWait, unavailable, type Answer, type Ask } from './ask.ts';

/** One answer that a decision rests on. */
export interface Evidence {
  readonly path: string;
  readonly status: number;
  readonly etag: string | undefined;
  /** When it was asked for. */
  readonly at: Date;
}

/** What GitHub says of something that is below a repository, or of somebody. */
export type Reading = { readonly found: true; readonly body: unknown; readonly etag: string | undefined } | { readonly found: false; readonly isMoved: boolean };

/** What GitHub says now. Each answer was asked for after the call began; what is kept from before is asked about again, by its etag. */
export interface Reader {
  /** `path` below the repository, which is named by its id: no name leads anywhere else. */
  ofRepository(repositoryId: string, path: string): Promise<Reading>;
  /** Below the API's root, with the rights of the installation that sees the repository, or of any when none is named. */
  asInstallation(repositoryId: string | undefined, path: string): Promise<Reading>;
  /** Asks GraphQL and answers its `data`. */
  query(repositoryId: string, query: string, variables: object): Promise<unknown>;
  /** What was answered so far, in the order in which it came. */
  readonly evidence: readonly Evidence[];
}

export interface ReaderOptions {
  readonly ask: Ask;
  readonly tokens: AppTokens;
  /** `https://api.github.com`, or `https://host/api/v3` of an Enterprise Server. */
  readonly apiUrl: string;
  readonly now: () => Date;
}

interface Kept {
  readonly etag: string;
  readonly body: unknown;
}

const mostKept = 1_000;
/** Larger ones are asked for again in full. */
const longestKept = 100_000;

/** Where GraphQL is asked: beside the REST API, on github.com below its root and on Enterprise Server in the place of `v3`. */
export const graphqlUrl = (apiUrl: string): string => (apiUrl.endsWith('/api/v3') ? `${apiUrl.slice(0, -'/v3'.length)}/graphql` : `${apiUrl}/graphql`);

/** Begins a round of reading. The answers that are kept and the limits that were met are common to all rounds. */
export function openReading({ ask, tokens, apiUrl, now }: ReaderOptions): (signal?: AbortSignal) => Reader {
  // In the order in which they were last used. Never shared between installations: what one may see is none of another's business.
  const kept = new Map<string, Kept>();
  const heldUntil = new Map<string, Date>();

  function keep(key: string, { headers, body }: Answer): void {
    const etag = headers.get('etag');
    kept.delete(key);
    if (etag === null || body === undefined || JSON.stringify(body).length > longestKept) return;
    kept.set(key, { etag, body });
    for (const oldest of kept.keys()) {
      if (kept.size <= mostKept) break;
      kept.delete(oldest);
    }
  }

  return (signal) => {
    const evidence: Evidence[] = [];

    /** Asks with a token of the installation, and once more with a new one when GitHub ended that. */
    async function asked(repositoryId: string | undefined, call: string, question: (token: InstallationToken) => Promise<Answer>, isAgain = false): Promise<{ answer: Answer; token: InstallationToken }> {
      const token = await tokens.of(repositoryId);
      const until = heldUntil.get(token.installationId);
      if (until !== undefined && until > now()) throw unavailable(call, new Error(`GitHub asked to be left alone until ${until.toISOString()}`));
      const answer = await question(token).catch((cause: unknown) => { throw unavailable(call, cause); });
      const wait = askedToWait(answer, now());
      if (wait !== undefined) {
        heldUntil.set(token.installationId, wait);
        throw unavailable(call, new Error(`limited until ${wait.toISOString()}`));
      }
      if (answer.status !== 401 || isAgain) return { answer, token };
      tokens.forget(repositoryId);
      return asked(repositoryId, call, question, true);
    }

    async function get(repositoryId: string | undefined, path: string): Promise<Reading> {
      const at = now();
      const keyOf = ({ installationId }: InstallationToken): string => `${installationId} ${path}`;
      const before = new Map<string, Kept | undefined>();
      const { answer, token } = await asked(repositoryId, path, (by) => {
        before.set(keyOf(by), kept.get(keyOf(by)));
        return ask({ url: `${apiUrl}${path}`, authorization: by.authorization, etag: before.get(keyOf(by))?.etag, signal });
      });
      const { status } = answer;
      const known = before.get(keyOf(token));
      const etag = status === 304 ? known?.etag : (answer.headers.get('etag') ?? undefined);
      evidence.push({ path, status, etag, at });
      if (status === 304 && known !== undefined) return { found: true, body: known.body, etag };
      if (status === 200) {
        keep(keyOf(token), answer);
        return { found: true, body: answer.body, etag };
      }
      // Gone, or moved to where we were not asked about.
      if (status === 404 || status === 410) return { found: false, isMoved: false };
      if (status === 301 || status === 302 || status === 307 || status === 308) return { found: false, isMoved: true };
      // Perhaps another installation sees it by now.
      if (status === 403) tokens.forget(repositoryId);
      throw unavailable(path, new Error(`status ${String(status)}`));
    }

    return {
      evidence,
      ofRepository: (repositoryId, path) => get(repositoryId, `/repositories/${repositoryId}${path}`),
      asInstallation: get,
      async query(repositoryId, query, variables) {
        const call = 'GraphQL';
        const at = now();
        const { answer } = await asked(repositoryId, call, ({ authorization }) => ask({ method: 'POST', url: graphqlUrl(apiUrl), authorization, body: { query, variables }, signal }));
        evidence.push({ path: call, status: answer.status, etag: undefined, at });
        const { data, errors } = (typeof answer.body === 'object' && answer.body !== null ? answer.body : {}) as { data?: unknown; errors?: unknown };
        const isAbsent = Array.isArray(errors) && errors.length > 0 && errors.every((it) => (it as { type?: unknown }).type === 'NOT_FOUND');
        if (answer.status !== 200 || typeof data !== 'object' || data === null || (errors !== undefined && !isAbsent)) throw unavailable(call, new Error(`status ${String(answer.status)}`));
        return data;
      },
    };
  };
}
