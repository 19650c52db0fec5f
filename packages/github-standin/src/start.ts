import { DoubloonError } from '@doubloon/errors';
import fastify from 'fastify';
import { Acts } from './acts.ts';
import { InstallationActs } from './acts-installations.ts';
import { PeopleActs } from './acts-people.ts';
import { PullActs } from './acts-pulls.ts';
import { ReviewActs } from './acts-reviews.ts';
import { RepositoryActs } from './acts-repositories.ts';
import { apiRoot, serveApi, type Asked } from './api.ts';
import { openConformance, type Mismatch } from './conformance.ts';
import { Credentials, personalToken } from './credentials.ts';
import type { Delivery, Missed } from './deliveries.ts';
import { Script, type Faults } from './faults.ts';
import { handsOf, type Hands } from './hands.ts';
import { Hooks } from './hooks.ts';
import { OAuth } from './oauth.ts';
import { servePages } from './pages.ts';
import { keyPairOf, newKeyPair, type KeyPair } from './private-key.ts';
import { Budgets, githubLimits, type Limits } from './rate-limits.ts';
import { Registrations, type Registered } from './registrations.ts';
import { defaultRepositories, defaultUsers, seedWorld, type AppSeed, type RepositorySeed, type UserSeed } from './seed.ts';
import { serveApps } from './serve-apps.ts';
import { serveGraphQL } from './serve-graphql.ts';
import { serveOAuth } from './serve-oauth.ts';
import { UserTokens } from './user-tokens.ts';
import type { Happening } from './webhooks.ts';
import { installationsOf, type App } from './world.ts';

export interface GitHubStandinOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  host?: string;
  /** `privateKey` is PEM; a new one of 2048 bits is made when it is left out. `false` is no App: somebody registers one by manifest. */
  app?: (AppSeed & { privateKey?: string }) | false;
  /** Of the App that is there at the start. Without a URL it can't be reached: its deliveries fail, and stand in its delivery log. */
  webhook?: { url?: string; secret: string };
  users?: readonly UserSeed[];
  repositories?: readonly RepositorySeed[];
  /** In place of GitHub's own, for the App and for each installation. */
  limits?: Partial<Limits>;
  now?: () => Date;
}

export interface GitHubStandin extends AsyncDisposable, Hands {
  /** Of the pages, without a slash at the end. */
  readonly url: string;
  /** Of the REST API: what `GITHUB_API_URL` wants. */
  readonly apiUrl: string;
  /** The first App. There may be none yet, and then asking for it throws `REQUEST_INVALID`. */
  readonly app: { readonly id: number; readonly slug: string; readonly clientId: string; readonly clientSecret: string; readonly privateKey: string };
  /** Of the first App, for the first owner. Throws `REQUEST_INVALID` when nobody has installed it. */
  readonly installationId: number;
  /** Personal tokens by login, for scripts that act as a person. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Every attempt at the App's hook in the last 72 hours, those under way too, oldest first. */
  readonly deliveries: readonly Delivery[];
  /** Adds so many deliveries to its log that nobody took, and answers their GUIDs. What they carried is made when it is asked for, so that very many take little memory. */
  miss(count: number, of: (nth: number) => Missed): readonly string[];
  readonly mismatches: readonly Mismatch[];
  /** What goes wrong, by script. Empty at the start. */
  readonly faults: Faults;
  /** The last requests to the API, oldest first, with those that met a fault. */
  readonly asked: readonly Asked[];
  setWebhook(url: string | undefined, secret: string): void;
  /** Where people who authorize the App may be sent back to, the usual one first. */
  setCallbackUrls(urls: readonly string[]): void;
  /** Resolves when every webhook told so far was answered, refused or given up on. */
  delivered(): Promise<void>;
  /** Throws when a request or an answer did not match GitHub's description, or something was asked for that is not here yet. */
  assertConforms(): void;
  close(): Promise<void>;
}

/**
 * Starts a GitHub to develop against and resolves when it listens. Two of them started alike hand out the same ids.
 * Throws `CONFIG_INVALID` for a seed that can't be, an empty webhook secret, or a port that is taken.
 */
export async function startGitHubStandin(o: GitHubStandinOptions): Promise<GitHubStandin> {
  const { port = 0, host = '127.0.0.1', users = defaultUsers, repositories = defaultRepositories, now: clock = () => new Date() } = o;
  const script = new Script();
  const now = (): Date => new Date(clock().getTime() + script.skewMs);
  const { secret = '', url: hookUrl } = o.webhook ?? {};
  if (o.app !== false && secret === '') throw new DoubloonError('CONFIG_INVALID', { problems: ['the secret of the webhook is empty'] });
  const firstKeys = async (): Promise<KeyPair | undefined> => {
    if (o.app === false) return undefined;
    return o.app?.privateKey === undefined ? newKeyPair() : keyPairOf(o.app.privateKey);
  };
  const [keys, conformance] = await Promise.all([firstKeys(), openConformance()]);
  const world = seedWorld({ users, repositories, app: keys === undefined ? undefined : { ...(o.app === false ? {} : o.app), publicKey: keys.publicKey }, now });
  if (keys !== undefined && world.installations.length === 0) throw new DoubloonError('CONFIG_INVALID', { problems: ['the App is installed for no repository'] });
  const hooks = new Hooks(world, script);
  const registrations = new Registrations(world, hooks);
  const [first] = world.apps;
  if (first !== undefined && keys !== undefined) {
    hooks.add(first, { url: hookUrl, secret });
    registrations.registered.push({ app: first, privateKey: keys.privateKey, webhookSecret: secret });
  }
  const mismatches: Mismatch[] = [];
  const asked: Asked[] = [];

  const tell = (happening: Happening): void => { hooks.tell(happening); };
  const acts = new Acts(world, tell);
  const installing = new InstallationActs(world, (happening) => { hooks.tellOfInstallation(happening); });
  const pulls = new PullActs(world, acts, tell);
  const userTokens = new UserTokens(now);
  const credentials = new Credentials(world, userTokens);
  const oauth = new OAuth(world, userTokens);
  const tokens = Object.fromEntries(users.map((it) => [it.login, personalToken(it.login)]));

  const server = fastify({ forceCloseConnections: true, bodyLimit: 2_097_152, routerOptions: { ignoreTrailingSlash: true } });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => { done(null, body); });
  const api = { world, acts, credentials, deliveriesOf: (app: App) => hooks.of(app), registrations, installing, conformance, mismatches, asked, script, budgets: new Budgets({ ...githubLimits, ...o.limits }, now) };
  serveApi(server, api);
  serveGraphQL(server, api);
  serveOAuth(server, api, oauth);
  serveApps(server, api);
  servePages(server, {
    world,
    acts,
    pulls,
    onFailure: (method, path, error) => { mismatches.push({ kind: 'answer', method, path, operation: undefined, status: 500, problems: [`the stand-in failed: ${String(error)}`] }); },
  });

  const url = await server.listen({ port, host }).catch(async (cause: unknown) => {
    await server.close();
    throw new DoubloonError('CONFIG_INVALID', { problems: [`${host}:${port} can't be listened on`] }, { cause });
  });
  const html = host === '0.0.0.0' || host === '::' ? `http://127.0.0.1:${new URL(url).port}` : url;
  world.addresses = { html, api: html + apiRoot };

  const firstOf = (): Registered => {
    const [it] = registrations.registered;
    if (it === undefined) throw new DoubloonError('REQUEST_INVALID', { problem: 'there is no App yet' });
    return it;
  };
  const close = async (): Promise<void> => {
    await Promise.all([hooks.close(), server.close()]);
  };
  return {
    url: html,
    apiUrl: world.addresses.api,
    get app() {
      const { app: { id, slug, clientId, clientSecret }, privateKey } = firstOf();
      return { id, slug, clientId, clientSecret, privateKey };
    },
    get installationId() {
      const [installation] = installationsOf(world, firstOf().app);
      if (installation === undefined) throw new DoubloonError('REQUEST_INVALID', { problem: 'nobody has installed the App' });
      return installation.id;
    },
    tokens,
    get deliveries() {
      return hooks.of(firstOf().app).log;
    },
    miss(count, of) {
      const { app } = firstOf();
      return hooks.of(app).miss(count, of, installationsOf(world, app)[0]?.id ?? null);
    },
    mismatches,
    faults: script,
    asked,
    setWebhook(to, signedWith) {
      Object.assign(hooks.of(firstOf().app).hook, { url: to, secret: signedWith });
    },
    setCallbackUrls(urls) {
      firstOf().app.callbackUrls = [...urls];
    },
    ...handsOf({ world, acts, pulls, reviews: new ReviewActs(world, tell), repositories: new RepositoryActs(world, acts, installing, tell), people: new PeopleActs(world, credentials, tell), oauth, registrations, installing, tokens, tell }),
    delivered: () => hooks.settled(),
    assertConforms() {
      const lines = mismatches.map((it) => `${it.kind}: ${it.method} ${it.path}${it.status === undefined ? '' : ` (${it.status})`}: ${it.problems.join('; ')}`);
      if (lines.length > 0) throw new DoubloonError('GITHUB_MISMATCH', { problems: lines });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
