import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnApp, startApp, type AppProcess } from '@doubloon/dev/stack/app-process.ts';
import { keyFileOf, makeOperator } from '@doubloon/dev/stack/operator.ts';
import { freePort } from '@doubloon/dev/stack/ports.ts';
import { root } from '@doubloon/dev/stack/root.ts';
import { openSecrets } from '@doubloon/dev/stack/secrets.ts';
import { localProgram, signerFromSeed, signTransaction, type Signer } from '@doubloon/escrow';
import { openChain } from '@doubloon/escrow/chain';
import { startGitHubStandin, type GitHubStandin } from '@doubloon/github-standin';
import { startLocalnet } from '@doubloon/localnet';
import { migrationsFolder } from '@doubloon/postgres';
import { openTestDatabase, type TestDatabase } from '@doubloon/postgres/testing';
import { createIdentityClient, createTreasuryClient, identity as contract, newServiceToken, treasury as treasuryContract, type TreasuryClient } from '@doubloon/rpc';
import { secret } from './deliver.ts';

/** The App as its own process, with everything it talks to: the stand-in, the treasury and the identity service on a local chain, the event log. */
export interface Line extends AsyncDisposable {
  readonly github: GitHubStandin;
  /** As the App may call it. */
  readonly treasury: TreasuryClient;
  /** Funds an offer as a person does on the web: builds, signs, submits. Resolves to the signature once it was taken. Without a wallet it takes a new one. */
  fund(offerId: string, wallet?: Signer): Promise<string>;
  /** A new wallet that somebody has linked to their account, as a person does on the web. Resolves once the link stands on the chain. */
  link(login: string): Promise<Signer>;
  readonly database: TestDatabase;
  readonly treasuryDatabase: TestDatabase;
  readonly appUrl: string;
  readonly app: () => AppProcess;
  /** What all of them logged so far. */
  readonly lines: readonly string[];
  /** Kills the App at once and starts it again on the same database, with `env` on top for this time. Rejects when it ended before it was ready. */
  killAndRestart(env?: Readonly<Record<string, string>>): Promise<void>;
}

export async function startLine(): Promise<Line> {
  await using opening = new AsyncDisposableStack();
  const lines: string[] = [];
  const onLine = (line: string) => { lines.push(line); };
  const [appPort, treasuryPort, identityPort] = [await freePort(), await freePort(), await freePort()];
  const appUrl = `http://127.0.0.1:${String(appPort)}/webhooks`;
  const treasuryUrl = `http://127.0.0.1:${String(treasuryPort)}`;
  const identityUrl = `http://127.0.0.1:${String(identityPort)}`;
  const [attestorSeed, relayerSeed] = [randomBytes(32), randomBytes(32)];
  const [localnet, github, database, treasuryDatabase, identityDatabase, log] = await Promise.all([
    startLocalnet().then((it) => opening.use(it)),
    startGitHubStandin({ app: { callbackUrls: ['http://bounties.test/link/callback'] }, webhook: { url: appUrl, secret } }).then((it) => opening.use(it)),
    openTestDatabase(migrationsFolder('github-app')).then((it) => opening.use(it)),
    openTestDatabase(migrationsFolder('treasury')).then((it) => opening.use(it)),
    openTestDatabase(migrationsFolder('identity')).then((it) => opening.use(it)),
    openTestDatabase(migrationsFolder('event-log')).then((it) => opening.use(it)),
  ]);
  // Here people write and close in the past, too.
  await database.pool.query("update beginning set at = '-infinity'");
  const chain = opening.use(openChain({ rpcUrl: localnet.rpcUrl, wsUrl: localnet.wsUrl }));
  const operator = await makeOperator(chain, async (address, lamports) => { await localnet.faucet.airdrop(address, lamports); }, 'bounties.test', attestorSeed, relayerSeed);
  const [appToken, ownToken, identityToken, treasuryIdentityToken, ownIdentityToken] = [newServiceToken(), newServiceToken(), newServiceToken(), newServiceToken(), newServiceToken()];
  const common = { LOG_LEVEL: 'info', DENOMS_FILE: join(root, 'packages/domain/denoms/localnet.json'), EVENT_LOG_URL: log.url };

  const secrets = opening.use(openSecrets());
  const treasury = startApp({
    name: 'treasury', entry: 'apps/treasury/src/main.ts', internalPort: await freePort(), onLine,
    env: {
      ...common, PORT: String(treasuryPort), DATABASE_URL: treasuryDatabase.url, SOLANA_RPC_URL: localnet.rpcUrl, SOLANA_WS_URL: localnet.wsUrl,
      TREASURY_CLUSTER: 'localnet', TREASURY_PROGRAM: localProgram, TREASURY_OPERATOR: operator, TREASURY_WEB_URL: 'http://bounties.test',
      TREASURY_CALLERS: JSON.stringify({ 'github-app': appToken.hash, web: ownToken.hash }),
      TREASURY_IDENTITY_URL: identityUrl, TREASURY_IDENTITY_TOKEN: treasuryIdentityToken.token, TREASURY_RELAYER_KEY_FILE: secrets.file('relayer.json', keyFileOf(relayerSeed)),
    },
  }).then((it) => opening.use(it));
  const identity = startApp({
    name: 'identity', entry: 'apps/identity/src/main.ts', internalPort: await freePort(), onLine,
    env: {
      ...common, PORT: String(identityPort), DATABASE_URL: identityDatabase.url, SOLANA_RPC_URL: localnet.rpcUrl, SOLANA_WS_URL: localnet.wsUrl, GITHUB_URL: github.url, GITHUB_API_URL: github.apiUrl,
      GITHUB_APP_ID: String(github.app.id), GITHUB_APP_PRIVATE_KEY: github.app.privateKey, GITHUB_CLIENT_ID: github.app.clientId, GITHUB_CLIENT_SECRET: github.app.clientSecret,
      IDENTITY_CLUSTER: 'localnet', IDENTITY_PROGRAM: localProgram, IDENTITY_OPERATOR: operator, IDENTITY_ATTESTOR_KEY_FILE: secrets.file('attestor.json', keyFileOf(attestorSeed)), IDENTITY_WEB_URL: 'http://bounties.test',
      IDENTITY_CALLERS: JSON.stringify({ 'github-app': identityToken.hash, treasury: treasuryIdentityToken.hash, web: ownIdentityToken.hash }),
    },
  }).then((it) => opening.use(it));
  await Promise.all([treasury, identity]);

  const spawn = async (more: Readonly<Record<string, string>> = {}) => spawnApp({
    name: 'github-app', entry: 'apps/github-app/src/main.ts', internalPort: await freePort(), onLine,
    env: {
      ...common, PORT: String(appPort), DATABASE_URL: database.url, GITHUB_API_URL: github.apiUrl, GITHUB_APP_ID: String(github.app.id), GITHUB_APP_PRIVATE_KEY: github.app.privateKey,
      GITHUB_APP_WEBHOOK_SECRET: secret, GITHUB_APP_TREASURY_URL: treasuryUrl, GITHUB_APP_TREASURY_TOKEN: appToken.token, GITHUB_APP_IDENTITY_URL: identityUrl, GITHUB_APP_IDENTITY_TOKEN: identityToken.token, ...more,
    },
  });
  const first = await spawn();
  let { app } = first;
  await first.ready;
  opening.defer(() => app[Symbol.asyncDispose]());
  const web = createTreasuryClient({ url: treasuryUrl, token: ownToken.token, caller: 'web' });
  const pages = createIdentityClient({ url: identityUrl, token: ownIdentityToken.token, caller: 'web' });
  const newWallet = async (): Promise<Signer> => {
    const wallet = signerFromSeed(randomBytes(32));
    await localnet.faucet.airdrop(wallet.address, 20_000_000_000n);
    return wallet;
  };
  const running = opening.move();
  return {
    github, database, treasuryDatabase, appUrl, lines, app: () => app,
    treasury: createTreasuryClient({ url: treasuryUrl, token: appToken.token, caller: 'github-app' }),
    async fund(offerId, given) {
      const wallet = given ?? (await newWallet());
      const { transaction } = await web.buildFunding({ offerId, wallet: wallet.address });
      const { submission } = await web.submitFunding({ offerId, transaction: signTransaction(transaction, [wallet]) });
      return submission?.signature ?? '';
    },
    async link(login) {
      const wallet = await newWallet();
      const address = '192.0.2.1';
      const begun = await pages.beginSession({ returnTo: '/link', address });
      const answer = new URL(github.authorize({ user: login, url: begun.authorizeUrl })).searchParams;
      const { session } = await pages.completeOAuth({ session: begun.session, code: answer.get('code') ?? '', state: answer.get('state') ?? '', address });
      const step = { step: contract.LinkStep.LINK, session };
      const { transaction } = await pages.buildLink({ ...step, wallet: wallet.address, address });
      const signed = signTransaction(transaction, [wallet]);
      const isThere = async () => (await pages.submitLink({ ...step, transaction: signed, address })).submission?.state === treasuryContract.SubmissionState.FINALIZED;
      while (!(await isThere())) await sleep(100);
      return wallet;
    },
    async killAndRestart(more) {
      await app.kill();
      const next = await spawn(more);
      app = next.app;
      await next.ready;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

export interface RemoteComment { readonly id: number; readonly body: string; readonly user: { readonly login: string }; readonly performed_via_github_app: object | null }

/** A person at the stand-in, by its REST API. */
export function personAt(github: GitHubStandin, login: string, repository = 'analytical-engines/difference') {
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const reply = await fetch(`${github.apiUrl}/repos/${repository}${path}`, {
      method, headers: { authorization: `Bearer ${github.tokens[login] ?? ''}`, 'user-agent': 'test', 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`${method} ${path} answered ${String(reply.status)}: ${await reply.text()}`);
    return (reply.status === 204 ? undefined : await reply.json()) as T;
  };
  return {
    openIssue: (title: string, body?: string) => call<{ number: number; id: number }>('POST', '/issues', { title, ...(body === undefined ? {} : { body }) }),
    editIssue: (number: number, change: { title?: string; body?: string }) => call<unknown>('PATCH', `/issues/${String(number)}`, change),
    comment: (number: number, body: string) => call<{ id: number }>('POST', `/issues/${String(number)}/comments`, { body }),
    editComment: (id: number, body: string) => call<unknown>('PATCH', `/issues/comments/${String(id)}`, { body }),
    lock: (number: number) => call<unknown>('PUT', `/issues/${String(number)}/lock`),
    unlock: (number: number) => call<unknown>('DELETE', `/issues/${String(number)}/lock`),
    deleteComment: (id: number) => call<unknown>('DELETE', `/issues/comments/${String(id)}`),
    comments: (number: number) => call<RemoteComment[]>('GET', `/issues/${String(number)}/comments?per_page=100`),
    reactions: (id: number) => call<{ content: string; user: { login: string } }[]>('GET', `/issues/comments/${String(id)}/reactions`),
  };
}
