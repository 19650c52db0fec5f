import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { appJwt } from '@doubloon/github';
import { unavailable, type Answer, type Ask } from './ask.ts';

export interface InstallationToken {
  readonly installationId: string;
  /** `undefined` where the App is installed nowhere. */
  readonly authorization: string | undefined;
}

/** How the App gets at repositories: by tokens that only read. */
export interface AppTokens {
  /**
   * For the installation that sees a repository, or for any when none is named: what everybody may see. GITHUB_UNAVAILABLE, also when
   * none sees the repository or it is suspended: that may end.
   */
  of(repositoryId: string | undefined): Promise<InstallationToken>;
  /** GitHub does not take it (any more): the next one is new, and so is what is known of the installation. */
  forget(repositoryId: string | undefined): void;
}

export interface AppKey {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
}

/** Nothing that this service does changes anything at GitHub. */
const permissions = { metadata: 'read', contents: 'read', issues: 'read', pull_requests: 'read' };
/** A token that ends while it is used is worth a further request. */
const spareMs = 60_000;
const mostKnown = 10_000;

const installationForm = z.object({ id: z.number().int().positive(), suspended_at: z.string().nullish() });
/** In the place of an installation, where there is none. */
const nowhere = 'nowhere';
const tokenForm = z.object({ token: z.string().min(1), expires_at: z.string() });

export function openAppTokens({ ask, apiUrl, appId, privateKey, now }: { ask: Ask; apiUrl: string; now: () => Date } & AppKey): AppTokens {
  const key = createPrivateKey(privateKey);
  const installations = new Map<string | undefined, string>();
  const tokens = new Map<string, { readonly token: string; readonly endsAt: number }>();
  // A token is no answer about anything: those who need the same one wait for it together.
  const underWay = new Map<string, Promise<string>>();
  let aheadMs = 0;

  const together = (what: string, get: () => Promise<string>): Promise<string> => {
    const getting = underWay.get(what) ?? get().finally(() => { underWay.delete(what); });
    underWay.set(what, getting);
    return getting;
  };

  const authorization = (): string => `Bearer ${appJwt({ appId, key, now: new Date(now().getTime() + aheadMs) })}`;

  /** Asks as the App itself; once more by GitHub's own clock when it does not take ours. */
  async function asApp(call: string, question: { method?: 'POST'; path: string; body?: object }): Promise<Answer> {
    const once = () => ask({ ...question, url: `${apiUrl}${question.path}`, authorization: authorization() }).catch((cause: unknown) => { throw unavailable(call, cause); });
    const answer = await once();
    const told = Date.parse(answer.headers.get('date') ?? '');
    if (answer.status !== 401 || Number.isNaN(told)) return answer;
    aheadMs = told - now().getTime();
    return once();
  }

  async function installationOf(repositoryId: string | undefined): Promise<string> {
    const known = installations.get(repositoryId);
    if (known !== undefined) return known;
    const call = repositoryId === undefined ? 'where the App is installed' : 'which installation sees the repository';
    const { status, body } = await asApp(call, { path: repositoryId === undefined ? '/app/installations?per_page=100' : `/repositories/${repositoryId}/installation` });
    const read = (repositoryId === undefined ? z.array(installationForm) : installationForm.transform((one) => [one])).safeParse(body);
    if (status !== 200 || !read.success) throw unavailable(call, new Error(`status ${String(status)}`));
    const found = repositoryId === undefined ? read.data.find(({ suspended_at: at }) => (at ?? null) === null) : read.data[0];
    if (found === undefined) return nowhere;
    if (installations.size >= mostKnown) installations.clear();
    installations.set(repositoryId, String(found.id));
    return String(found.id);
  }

  async function tokenOf(installationId: string): Promise<string> {
    const known = tokens.get(installationId);
    if (known !== undefined && known.endsAt - spareMs > now().getTime() + aheadMs) return known.token;
    const call = 'a token of the installation';
    const { status, body } = await asApp(call, { method: 'POST', path: `/app/installations/${installationId}/access_tokens`, body: { permissions } });
    const read = tokenForm.safeParse(body);
    if (status !== 201 || !read.success) throw unavailable(call, new Error(`status ${String(status)}`));
    if (tokens.size >= mostKnown) tokens.clear();
    tokens.set(installationId, { token: read.data.token, endsAt: Date.parse(read.data.expires_at) });
    return read.data.token;
  }

  return {
    async of(repositoryId) {
      const installationId = await together(`of ${repositoryId ?? 'any'}`, () => installationOf(repositoryId));
      if (installationId === nowhere) return { installationId, authorization: undefined };
      try {
        return { installationId, authorization: `Bearer ${await together(`for ${installationId}`, () => tokenOf(installationId))}` };
      } catch (error) {
        // It may have been uninstalled and installed again since.
        installations.delete(repositoryId);
        throw error;
      }
    },
    forget(repositoryId) {
      tokens.delete(installations.get(repositoryId) ?? '');
      installations.delete(repositoryId);
    },
  };
}
