import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { localProgram, type Address } from '@doubloon/escrow';
import { openChain, type Chain } from '@doubloon/escrow/chain';
import { startGitHubStandin, type GitHubStandin, type GitHubStandinOptions } from '@doubloon/github-standin';
import { startLocalnet, type Localnet } from '@doubloon/localnet';
import { migrate } from '@doubloon/postgres';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@doubloon/postgres/embedded';
import { createIdentityClient, createTreasuryClient, newServiceToken, type IdentityClient, type TreasuryClient } from '@doubloon/rpc';
import type { FaultProxy } from '../fault-proxy/fault-proxy.ts';
import { startKafka, type Kafka } from '../kafka/start-kafka.ts';
import { startRpcProxy, type RpcProxy } from '../rpc-proxy/rpc-proxy.ts';
import { openApp, type App } from './app.ts';
import type { Place } from './app-process.ts';
import { buildWeb } from './build-web.ts';
import { keyFileOf, makeOperator } from './operator.ts';
import { openNeighbours, type Neighbour } from './neighbours.ts';
import { claimPort, freePort } from './ports.ts';
import { root } from './root.ts';
import { openSecrets } from './secrets.ts';

/** Everything Doubloon consists of, running on this machine. */
export interface Stack extends AsyncDisposable {
  readonly webUrl: string;
  readonly github: GitHubStandin;
  readonly localnet: Localnet;
  readonly chain: Chain;
  readonly operator: Address;
  readonly eventLogUrl: string;
  /** With `kafka`. */
  readonly broker: Kafka | undefined;
  /** What the apps reach only through a proxy, with `takeable`; none otherwise. A Kafka broker names itself to its clients, so it is not among them. */
  readonly neighbours: Readonly<Record<Neighbour, readonly FaultProxy[]>>;
  /** The server of all databases, and of the event log unless there is a broker. */
  readonly postgres: EmbeddedPostgres;
  /** What stands between the apps and the node, with `faultyNode`. */
  readonly node: RpcProxy | undefined;
  /** Of each app that has a database. */
  readonly databaseUrls: Readonly<Record<'treasury' | 'github-app' | 'identity', string>>;
  /** A folder with what each app was started with, `treasury.env` and so on, for `doubloon doctor`, their secrets, and the operator's `admin.json`. */
  readonly settingsFolder: string;
  /** The treasury, as the website calls it. */
  readonly treasury: TreasuryClient;
  /** The identity service, as the website calls it. */
  readonly identity: IdentityClient;
  /** Those that were started. */
  readonly apps: readonly AppName[];
  /** One of the apps, to end it and start it again. */
  app(name: AppName): App;
  /** Starts the website once more on a port of its own, with other settings, for as long as the stack runs. */
  readonly startWeb: (settings: Readonly<Record<string, string>>) => Promise<string>;
}

const serviceNames = ['treasury', 'identity', 'github-app'] as const;

export type AppName = (typeof serviceNames)[number] | 'web';

export interface StackOptions {
  /** A real Kafka broker instead of the event log on Postgres. */
  readonly kafka?: boolean;
  /** Ports that stay the same from run to run, for people; free ones otherwise. */
  readonly ports?: { readonly web: number; readonly github: number };
  /** Puts a proxy that can fail between the apps and each neighbour. */
  readonly takeable?: boolean;
  /** Puts one that knows what nodes say, and can fail as they do, between the apps and the node; then no other stands there. */
  readonly faultyNode?: boolean;
  /** Without the website the pages need not be built. Default true. */
  readonly web?: boolean;
  /** In place of the limits GitHub sets to whoever calls its API. */
  readonly limits?: GitHubStandinOptions['limits'];
  /** In place of the repositories that the stand-in begins with; the people are its usual ones. */
  readonly repositories?: GitHubStandinOptions['repositories'];
  /** Settings on top of those each app gets. */
  readonly env?: Partial<Readonly<Record<AppName, Readonly<Record<string, string>>>>>;
  /** Runs each app from another place, such as the tree of its image, as a user who can read the secrets of the stack. */
  readonly places?: Readonly<Record<AppName, Place>>;
  /** Makes the database of an app, migrated, and answers the URL the app gets. By default the app owns it. */
  readonly makeDatabase?: (server: EmbeddedPostgres, app: string) => Promise<string>;
  /** What is being done, for whoever waits. */
  readonly progress: (line: string) => void;
  /** Each line of each app, prefixed with its name. */
  readonly onLine: (line: string) => void;
}

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** Starts the whole stack, each app as its own process. Rejects with a sentence when a part can't start, and leaves nothing running. */
export async function startStack({ kafka = false, takeable = false, faultyNode = false, ports, web = true, env: extra = {}, limits = {}, repositories, places, makeDatabase = ownDatabase, progress, onLine }: StackOptions): Promise<Stack> {
  await using opening = new AsyncDisposableStack();
  const webPort = ports === undefined ? await freePort() : await claimPort(ports.web, 'the website');
  const githubPort = ports === undefined ? await freePort() : await claimPort(ports.github, 'the GitHub stand-in');
  const [treasuryPort, appPort, identityPort] = [await freePort(), await freePort(), await freePort()];
  const webUrl = `http://127.0.0.1:${String(webPort)}`;
  const webhookSecret = randomBytes(32).toString('hex');
  const [attestorSeed, relayerSeed, adminSeed] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const secrets = opening.use(openSecrets(places?.treasury.user));

  progress(`Starting PostgreSQL, the local chain, the GitHub stand-in${kafka ? ' and Kafka' : ''} …`);
  const [postgres, localnet, github, broker] = await allOf([
    startEmbeddedPostgres({ durable: false }).then((it) => opening.use(it)),
    startLocalnet({ faucetOrigins: [webUrl] }).then((it) => opening.use(it)),
    startGitHubStandin({ port: githubPort, limits, ...(repositories === undefined ? {} : { repositories }), app: { callbackUrls: [`${webUrl}/link/callback`] }, webhook: { url: `http://127.0.0.1:${String(appPort)}/webhooks`, secret: webhookSecret } }).then((it) => opening.use(it)),
    kafka ? startKafka().then((it) => opening.use(it)) : undefined,
    web && places === undefined ? buildWeb(progress) : undefined,
  ]);

  progress('Creating the databases and the operator account …');
  const chain = opening.use(openChain({ rpcUrl: localnet.rpcUrl, wsUrl: localnet.wsUrl }));
  const [treasuryDb, githubAppDb, identityDb, logDb, operator] = await Promise.all([
    makeDatabase(postgres, 'treasury'),
    makeDatabase(postgres, 'github-app'),
    makeDatabase(postgres, 'identity'),
    ownDatabase(postgres, 'event-log'),
    makeOperator(chain, (address, lamports) => localnet.faucet.airdrop(address, lamports), new URL(github.url).host, attestorSeed, relayerSeed, adminSeed),
  ]);
  const eventLogUrl = broker === undefined ? logDb : `kafka://${broker.bootstrap}`;
  const { neighbours, through } = openNeighbours(opening, takeable);
  const eventLog = broker === undefined ? await through('log', logDb) : eventLogUrl;
  const node = faultyNode ? opening.use(await startRpcProxy(localnet)) : undefined;
  const nodeEnv = async () => ({ SOLANA_RPC_URL: node?.url ?? (await through('node', localnet.rpcUrl)), SOLANA_WS_URL: node?.wsUrl ?? (await through('node', localnet.wsUrl)) });

  secrets.file('admin.json', keyFileOf(adminSeed));

  progress('Starting the services …');
  const [webToken, appToken, webIdentityToken, appIdentityToken, treasuryIdentityToken] = [newServiceToken(), newServiceToken(), newServiceToken(), newServiceToken(), newServiceToken()];
  const [treasuryUrl, identityUrl] = [`http://127.0.0.1:${String(treasuryPort)}`, `http://127.0.0.1:${String(identityPort)}`];
  const settingsOf = (name: AppName, env: Readonly<Record<string, string>>) => ({ LOG_LEVEL: 'info', DENOMS_FILE: join(places?.[name].root ?? root, 'packages/domain/denoms/localnet.json'), ...env, ...extra[name] });
  const launch = async (name: AppName, env: Readonly<Record<string, string>>, internalPort: number): Promise<App> =>
    openApp({ name, entry: `apps/${name}/src/main.ts`, place: places?.[name], env, internalPort, onLine });
  const start = async (name: AppName, env: Readonly<Record<string, string>>): Promise<App> => {
    const [settings, internalPort] = [settingsOf(name, env), await freePort()];
    secrets.file(`${name}.env`, Object.entries({ ...settings, INTERNAL_PORT: String(internalPort) }).map(([called, value]) => `${called}='${value}'\n`).join(''));
    return opening.use(await launch(name, settings, internalPort));
  };
  const webTokenFile = secrets.file('web-treasury', webToken.token);
  const webIdentityTokenFile = secrets.file('web-identity', webIdentityToken.token);
  const webEnv = (port: number): Readonly<Record<string, string>> => ({
    PORT: String(port),
    WEB_ORIGIN: `http://127.0.0.1:${String(port)}`,
    WEB_TREASURY_URL: treasuryUrl,
    WEB_TREASURY_TOKEN_FILE: webTokenFile,
    WEB_IDENTITY_URL: identityUrl,
    WEB_IDENTITY_TOKEN_FILE: webIdentityTokenFile,
    GITHUB_URL: github.url,
  });

  const apps = await allOf([
    start('treasury', {
      PORT: String(treasuryPort),
      DATABASE_URL_FILE: secrets.file('treasury-database', await through('postgres', treasuryDb)),
      EVENT_LOG_URL: eventLog,
      ...(await nodeEnv()),
      TREASURY_CLUSTER: 'localnet',
      TREASURY_PROGRAM: localProgram,
      TREASURY_OPERATOR: operator,
      TREASURY_WEB_URL: webUrl,
      TREASURY_CALLERS_FILE: secrets.file('treasury-callers', JSON.stringify({ web: webToken.hash, 'github-app': appToken.hash })),
      TREASURY_IDENTITY_URL: identityUrl,
      TREASURY_IDENTITY_TOKEN_FILE: secrets.file('treasury-identity', treasuryIdentityToken.token),
      TREASURY_RELAYER_KEY_FILE: secrets.file('relayer.json', keyFileOf(relayerSeed)),
    }),
    start('identity', {
      PORT: String(identityPort),
      DATABASE_URL_FILE: secrets.file('identity-database', await through('postgres', identityDb)),
      EVENT_LOG_URL: eventLog,
      ...(await nodeEnv()),
      GITHUB_URL: github.url,
      GITHUB_API_URL: await through('github', github.apiUrl),
      GITHUB_APP_ID: String(github.app.id),
      GITHUB_APP_PRIVATE_KEY_FILE: secrets.file('identity-app-key', github.app.privateKey),
      GITHUB_CLIENT_ID: github.app.clientId,
      GITHUB_CLIENT_SECRET_FILE: secrets.file('identity-client-secret', github.app.clientSecret),
      IDENTITY_CLUSTER: 'localnet',
      IDENTITY_PROGRAM: localProgram,
      IDENTITY_OPERATOR: operator,
      IDENTITY_ATTESTOR_KEY_FILE: secrets.file('attestor.json', keyFileOf(attestorSeed)),
      IDENTITY_WEB_URL: webUrl,
      IDENTITY_CALLERS_FILE: secrets.file('identity-callers', JSON.stringify({ web: webIdentityToken.hash, 'github-app': appIdentityToken.hash, treasury: treasuryIdentityToken.hash })),
    }),
    start('github-app', {
      PORT: String(appPort),
      DATABASE_URL_FILE: secrets.file('github-app-database', await through('postgres', githubAppDb)),
      EVENT_LOG_URL: eventLog,
      GITHUB_API_URL: await through('github', github.apiUrl),
      GITHUB_APP_ID: String(github.app.id),
      GITHUB_APP_PRIVATE_KEY_FILE: secrets.file('github-app-key', github.app.privateKey),
      GITHUB_APP_WEBHOOK_SECRET_FILE: secrets.file('github-app-webhook', webhookSecret),
      GITHUB_APP_TREASURY_URL: treasuryUrl,
      GITHUB_APP_TREASURY_TOKEN_FILE: secrets.file('github-app-treasury', appToken.token),
      GITHUB_APP_IDENTITY_URL: identityUrl,
      GITHUB_APP_IDENTITY_TOKEN_FILE: secrets.file('github-app-identity', appIdentityToken.token),
    }),
    web ? start('web', { ...webEnv(webPort), WEB_FAUCET_URL: `${localnet.faucet.url}/airdrop`, DEV_WALLET: 'true' }) : undefined,
  ]);

  const running = opening.move();
  return {
    webUrl,
    github,
    localnet,
    chain,
    operator,
    eventLogUrl,
    broker,
    neighbours,
    postgres,
    node,
    settingsFolder: secrets.folder,
    databaseUrls: { treasury: treasuryDb, 'github-app': githubAppDb, identity: identityDb },
    treasury: createTreasuryClient({ url: treasuryUrl, token: webToken.token, caller: 'web' }),
    identity: createIdentityClient({ url: identityUrl, token: webIdentityToken.token, caller: 'web' }),
    apps: web ? [...serviceNames, 'web'] : serviceNames,
    app(name) {
      const found = apps.find((app) => app?.name === name);
      if (found === undefined) throw new Error(`the stack was started without ${name}`);
      return found;
    },
    async startWeb(settings) {
      const port = await freePort();
      running.use(await launch('web', settingsOf('web', { ...webEnv(port), ...settings }), await freePort()));
      return `http://127.0.0.1:${String(port)}`;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function ownDatabase(server: EmbeddedPostgres, app: string): Promise<string> {
  const url = await server.createDatabase(app.replaceAll('-', '_'));
  await migrate({ url, folder: join(root, 'migrations', app), log: quiet });
  return url;
}

/** As `Promise.all`, but it rejects only when all are done: what starts late must not outlive a start that failed. */
async function allOf<const T extends readonly unknown[]>(under: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(under);
  return Promise.all(under);
}
