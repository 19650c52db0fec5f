import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { DoubloonError } from '@doubloon/errors';
import fastify from 'fastify';
import { Acts } from './acts.ts';
import { apiRoot, serveApi, type Asked } from './api.ts';
import { openConformance, type Mismatch } from './conformance.ts';
import { Credentials, personalToken } from './credentials.ts';
import { Deliveries, type Delivery, type Hook } from './deliveries.ts';
import { Script, type Faults } from './faults.ts';
import { OAuth } from './oauth.ts';
import { servePages } from './pages.ts';
import { Budgets, githubLimits, type Limits } from './rate-limits.ts';
import { defaultRepositories, defaultUsers, seedWorld, type AppSeed, type RepositorySeed, type UserSeed } from './seed.ts';
import { serveOAuth } from './serve-oauth.ts';
import { commentShape, issueShape } from './shape-issue.ts';
import { UserTokens } from './user-tokens.ts';
import { webhookPayload } from './webhooks.ts';
import { findAccount, findComment, findIssue, findRepository, type Account, type Issue, type Repository } from './world.ts';

export interface GitHubStandinOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  host?: string;
  /** `privateKey` is PEM; a new one of 2048 bits is made when it is left out. */
  app?: AppSeed & { privateKey?: string };
  /** Without a URL the App can't be reached: its deliveries fail, and stand in its delivery log. */
  webhook: { url?: string; secret: string };
  users?: readonly UserSeed[];
  repositories?: readonly RepositorySeed[];
  /** In place of GitHub's own, for the App and for each installation. */
  limits?: Partial<Limits>;
  now?: () => Date;
}

export interface GitHubStandin extends AsyncDisposable {
  /** Of the pages, without a slash at the end. */
  readonly url: string;
  /** Of the REST API: what `GITHUB_API_URL` wants. */
  readonly apiUrl: string;
  readonly app: { readonly id: number; readonly slug: string; readonly clientId: string; readonly clientSecret: string; readonly privateKey: string };
  /** Of the first repository's owner. */
  readonly installationId: number;
  /** Personal tokens by login, for scripts that act as a person. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Every attempt at the App's hook in the last 72 hours, those under way too, oldest first. */
  readonly deliveries: readonly Delivery[];
  readonly mismatches: readonly Mismatch[];
  /** What goes wrong, by script. Empty at the start. */
  readonly faults: Faults;
  /** The last requests to the API, oldest first, with those that met a fault. */
  readonly asked: readonly Asked[];
  setWebhook(url: string | undefined, secret: string): void;
  /** Where people who authorize the App may be sent back to, the usual one first. */
  setCallbackUrls(urls: readonly string[]): void;
  /**
   * Plays a person to whom the App showed an authorize URL, in place of the page: answers where their browser goes next,
   * with `code` and `state`, or with GitHub's `error`. Throws `REQUEST_INVALID` for a URL of no App here.
   */
  authorize(o: { user: string; url: string; cancel?: boolean }): string;
  /** Comments as a person, `repository` being `owner/name`, and fires the webhook. Throws `REQUEST_INVALID`. */
  comment(user: string, repository: string, issue: number, body: string): { id: number; htmlUrl: string };
  /** The ids of an issue, as its API gives them. Throws `REQUEST_INVALID`. */
  issue(repository: string, number: number): { id: number; repositoryId: number; htmlUrl: string };
  /** Makes a repository, `owner/name`, read-only, or ends that. Throws `REQUEST_INVALID`. */
  archive(repository: string, isArchived?: boolean): void;
  /** Hides a comment, as people with triage access may: off-topic, resolved, spam. Throws `REQUEST_INVALID`. */
  minimize(repository: string, commentId: number, reason?: string): void;
  /** Resolves when every webhook told so far was answered, refused or given up on. */
  delivered(): Promise<void>;
  /** Throws when a request or an answer did not match GitHub's description, or something was asked for that is not here yet. */
  assertConforms(): void;
  close(): Promise<void>;
}

const generate = promisify(generateKeyPair);

async function newPrivateKey(): Promise<string> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  // GitHub hands out PKCS#1.
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

/**
 * Starts a GitHub to develop against and resolves when it listens. Two of them started alike hand out the same ids.
 * Throws `CONFIG_INVALID` for a seed that can't be, an empty webhook secret, or a port that is taken.
 */
export async function startGitHubStandin(o: GitHubStandinOptions): Promise<GitHubStandin> {
  const { port = 0, host = '127.0.0.1', users = defaultUsers, repositories = defaultRepositories, now: clock = () => new Date() } = o;
  const script = new Script();
  const now = (): Date => new Date(clock().getTime() + script.skewMs);
  if (o.webhook.secret === '') throw new DoubloonError('CONFIG_INVALID', { problems: ['the secret of the webhook is empty'] });
  const [privateKey, conformance] = await Promise.all([o.app?.privateKey ?? newPrivateKey(), openConformance()]);
  const world = seedWorld({ users, repositories, app: o.app ?? {}, now });
  const installationId = world.installations[0]?.id;
  if (installationId === undefined) throw new DoubloonError('CONFIG_INVALID', { problems: ['the App is installed for no repository'] });
  const hook: Hook = { url: o.webhook.url, secret: o.webhook.secret, id: world.nextId('hook'), appId: world.app.id };
  const deliveries = new Deliveries(hook, now, script);
  const mismatches: Mismatch[] = [];
  const asked: Asked[] = [];

  const acts = new Acts(world, (happening) => {
    const { installation, id: repositoryId } = happening.issue.repository;
    const payload = webhookPayload(happening, world);
    if (payload === undefined || installation === undefined || !world.app.events.includes(happening.event)) return;
    deliveries.tell(happening.event, happening.action, payload, { installationId: installation.id, repositoryId });
  });
  const userTokens = new UserTokens(now);
  const credentials = new Credentials({ app: world.app, publicKey: createPublicKey(createPrivateKey(privateKey)), accounts: world.accounts, now, userTokens });
  const oauth = new OAuth(world, userTokens);

  const server = fastify({ forceCloseConnections: true, bodyLimit: 2_097_152, routerOptions: { ignoreTrailingSlash: true } });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => { done(null, body); });
  const api = { world, acts, credentials, deliveries, conformance, mismatches, asked, script, budgets: new Budgets({ ...githubLimits, ...o.limits }, now) };
  serveApi(server, api);
  serveOAuth(server, api, oauth);
  servePages(server, {
    world,
    acts,
    onFailure: (method, path, error) => { mismatches.push({ kind: 'answer', method, path, operation: undefined, status: 500, problems: [`the stand-in failed: ${String(error)}`] }); },
  });

  const url = await server.listen({ port, host }).catch(async (cause: unknown) => {
    await server.close();
    throw new DoubloonError('CONFIG_INVALID', { problems: [`${host}:${port} can't be listened on`] }, { cause });
  });
  const html = host === '0.0.0.0' || host === '::' ? `http://127.0.0.1:${new URL(url).port}` : url;
  world.addresses = { html, api: html + apiRoot };

  const repositoryOf = (called: string): Repository => {
    const [owner = '', name = ''] = called.split('/');
    const found = findRepository(world, owner, name);
    if (found === undefined) throw new DoubloonError('REQUEST_INVALID', { problem: `${called} is not here` });
    return found;
  };
  const issueOf = (repository: string, number: number): Issue => {
    const issue = findIssue(repositoryOf(repository), number);
    if (issue === undefined) throw new DoubloonError('REQUEST_INVALID', { problem: `${repository}#${number} is not here` });
    return issue;
  };
  const close = async (): Promise<void> => {
    await Promise.all([deliveries.close(), server.close()]);
  };
  const personOf = (login: string): Account => {
    const account = findAccount(world, login);
    if (account?.type !== 'User') throw new DoubloonError('REQUEST_INVALID', { problem: `${login} is not one of the users` });
    return account;
  };
  const { id, slug, clientId, clientSecret } = world.app;
  return {
    url: html,
    apiUrl: world.addresses.api,
    app: { id, slug, clientId, clientSecret, privateKey },
    installationId,
    tokens: Object.fromEntries(users.map((it) => [it.login, personalToken(it.login)])),
    deliveries: deliveries.log,
    mismatches,
    faults: script,
    asked,
    setWebhook(to, secret) {
      hook.url = to;
      hook.secret = secret;
    },
    setCallbackUrls(urls) {
      world.app.callbackUrls = [...urls];
    },
    authorize({ user, url: asked, cancel = false }) {
      const at = URL.parse(asked);
      const wish = at === null || `${at.origin}${at.pathname}` !== `${html}/login/oauth/authorize` ? undefined : oauth.read(at.searchParams);
      if (wish === undefined) throw new DoubloonError('REQUEST_INVALID', { problem: `${asked} asks nobody to authorize an App that is here` });
      if ('refusal' in wish) return wish.refusal;
      return cancel ? oauth.deny(wish) : oauth.authorize(wish, personOf(user));
    },
    comment(user, repository, number, body) {
      const account = personOf(user);
      if (body.trim() === '') throw new DoubloonError('REQUEST_INVALID', { problem: 'a comment must not be blank' });
      const made = acts.comment({ account, app: undefined }, issueOf(repository, number), body);
      return { id: made.id, htmlUrl: commentShape(made, world.addresses).html_url };
    },
    issue(repository, number) {
      const found = issueOf(repository, number);
      return { id: found.id, repositoryId: found.repository.id, htmlUrl: issueShape(found, world.addresses).html_url };
    },
    archive(repository, isArchived = true) {
      repositoryOf(repository).isArchived = isArchived;
    },
    minimize(repository, commentId, reason = 'off-topic') {
      const comment = findComment(repositoryOf(repository), commentId);
      if (comment === undefined) throw new DoubloonError('REQUEST_INVALID', { problem: `${repository} has no comment ${String(commentId)}` });
      comment.minimized = { reason };
    },
    delivered: () => deliveries.settled(),
    assertConforms() {
      const lines = mismatches.map((it) => `${it.kind}: ${it.method} ${it.path}${it.status === undefined ? '' : ` (${it.status})`}: ${it.problems.join('; ')}`);
      if (lines.length > 0) throw new DoubloonError('GITHUB_MISMATCH', { problems: lines });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
