import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { addressBytes, compileTransaction, createOperator, localProgram, operatorAddress, signerFromSeed, signTransaction, type Address, type Instruction, type Signer } from '@doubloon/escrow';
import { openChain, type Chain } from '@doubloon/escrow/chain';
import { decodeEvent, openEventLog, type CloudEvent } from '@doubloon/events';
import { startGitHubStandin, type GitHubStandin } from '@doubloon/github-standin';
import { startLocalnet, type Localnet } from '@doubloon/localnet';
import { migrationsFolder } from '@doubloon/postgres';
import { openTestDatabase, type TestDatabase } from '@doubloon/postgres/testing';
import { createIdentityClient, identity, newServiceToken, treasury, type IdentityClient } from '@doubloon/rpc';
import { createHealth, createLogger, createMetrics, readConfig, type Health, type Registry } from '@doubloon/service';
import { createApp } from '../src/app.ts';
import { configuration } from '../src/config.ts';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
export const { LinkStep, IdentityState } = identity;
export const { SubmissionState } = treasury;

/** For everything that comes by itself. */
export const patient = { timeout: 40_000, interval: 50 };

/** A signer whose secret can be written to a file. */
export type Key = Signer & { readonly seed: Uint8Array };
export interface Operating { readonly address: Address; readonly admin: Key; readonly attestor: Key }

/** A local chain and a GitHub, which tests of one file share. */
export interface Surroundings extends AsyncDisposable {
  readonly localnet: Localnet;
  readonly chain: Chain;
  readonly github: GitHubStandin;
  /** An operator account of its own, with its keys. */
  operator(): Promise<Operating>;
  /** A wallet with so many lamports. */
  wallet(lamports?: bigint): Promise<Key>;
  /** Signs, sends and waits until it is final. */
  send(instructions: readonly Instruction[], payer: Signer, ...signers: readonly Signer[]): Promise<string>;
}

export function newKey(): Key {
  const seed = randomBytes(32);
  return { seed, ...signerFromSeed(seed) };
}

export const webUrl = 'http://pages.example';

export async function openSurroundings(options: { slotMs?: number } = {}): Promise<Surroundings> {
  await using opening = new AsyncDisposableStack();
  const [localnet, github] = await Promise.all([startLocalnet(options), startGitHubStandin({ webhook: { secret: 'nobody is told anything here, and it is long' } })]);
  opening.use(localnet);
  opening.use(github);
  github.setCallbackUrls([`${webUrl}/link/callback`]);
  const chain = opening.use(openChain({ rpcUrl: localnet.rpcUrl, wsUrl: localnet.wsUrl }));
  const wallet = async (lamports = 2_000_000_000n): Promise<Key> => {
    const made = newKey();
    await localnet.faucet.airdrop(made.address, lamports);
    await vi.waitUntil(async () => (await chain.account(made.address, 'confirmed'))?.lamports === lamports, patient);
    return made;
  };
  const send = async (instructions: readonly Instruction[], payer: Signer, ...signers: readonly Signer[]): Promise<string> => {
    const { blockhash } = await chain.latestBlockhash();
    const signature = await chain.send(signTransaction(compileTransaction({ payer: payer.address, blockhash, instructions }), [payer, ...signers]));
    const status = await vi.waitUntil(async () => {
      const [found] = await chain.signatureStatuses([signature]);
      return found?.commitment === 'finalized' ? found : undefined;
    }, patient);
    if (status.error !== undefined) throw new Error(`the chain refused it: ${JSON.stringify(status.error)}`);
    return signature;
  };
  const running = opening.move();
  return {
    localnet, chain, github, wallet, send,
    async operator() {
      const admin = await wallet();
      const [relayer, attestor] = [newKey(), newKey()];
      await send([createOperator({ program: localProgram, admin: admin.address, host: new URL(github.url).host, relayer: relayer.address, attestor: attestor.address })], admin);
      return { address: operatorAddress({ program: localProgram, firstAdmin: admin.address }).address, admin, attestor };
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Takes what closes something; the end of the test unless told. */
export type AtEnd = (close: () => Promise<void>) => void;

/** A Solana key file, gone with the test. */
export function keyFile({ seed, address }: Key, { mode = 0o600, atEnd = onTestFinished }: { mode?: number; atEnd?: AtEnd } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'doubloon-attestor-'));
  atEnd(() => {
    rmSync(folder, { recursive: true });
    return Promise.resolve();
  });
  const path = join(folder, 'attestor.json');
  writeFileSync(path, JSON.stringify([...seed, ...addressBytes(address)]));
  chmodSync(path, mode);
  return path;
}

/** Database, log and token of one identity service, and the environment that makes a process of it. */
export interface Home {
  readonly database: TestDatabase;
  readonly env: Readonly<Record<string, string>>;
  readonly token: string;
  readonly operating: Operating;
  /** The events about one user in the order of the log. */
  events(githubId: string): Promise<CloudEvent[]>;
}

export async function openHome({ localnet, github, operator }: Surroundings, { env: changes = {}, operating, database, atEnd = onTestFinished }: { env?: Readonly<Record<string, string>>; operating?: Operating; database?: TestDatabase; atEnd?: AtEnd } = {}): Promise<Home> {
  const runs = operating ?? (await operator());
  const [own, log] = [database ?? (await openTestDatabase(migrationsFolder('identity'))), await openTestDatabase(migrationsFolder('event-log'))];
  atEnd(async () => { await Promise.all([own, log].map((one) => one[Symbol.asyncDispose]())); });
  const web = newServiceToken();
  const env = {
    DATABASE_URL: own.url, EVENT_LOG_URL: log.url, SOLANA_RPC_URL: localnet.rpcUrl, SOLANA_WS_URL: localnet.wsUrl,
    GITHUB_URL: github.url, GITHUB_API_URL: github.apiUrl, GITHUB_CLIENT_ID: github.app.clientId, GITHUB_CLIENT_SECRET: github.app.clientSecret,
    GITHUB_APP_ID: String(github.app.id), GITHUB_APP_PRIVATE_KEY: github.app.privateKey, DENOMS_FILE: join(import.meta.dirname, '../../../packages/domain/denoms/localnet.json'),
    IDENTITY_CLUSTER: 'localnet', IDENTITY_PROGRAM: localProgram, IDENTITY_OPERATOR: runs.address, IDENTITY_ATTESTOR_KEY_FILE: keyFile(runs.attestor, { atEnd }), IDENTITY_WEB_URL: webUrl,
    IDENTITY_CALLERS: JSON.stringify({ web: web.hash }), IDENTITY_SEND_EVERY: '200ms', IDENTITY_SCAN_EVERY: '500ms', LOG_LEVEL: 'silent', ...changes,
  };
  return {
    database: own, env, token: web.token, operating: runs,
    async events(githubId) {
      await using eventLog = await openEventLog(log.url, { clientId: 'test', log: quiet, topics: ['identity'] });
      const found: CloudEvent[] = [];
      for await (const { key, value } of eventLog.replay('identity')) if (key === githubId) found.push(decodeEvent(value));
      return found;
    },
  };
}

export const clientOf = (url: string, { token }: Home): IdentityClient => createIdentityClient({ url, token, caller: 'web', timeoutMs: 20_000 });

export interface Running { readonly web: IdentityClient; readonly url: string; readonly health: Health; readonly metrics: Registry; stop(): Promise<void> }

/** The whole service inside this process, on real parts; stopped with the test unless before. */
export async function startIdentity(home: Home, { env = {}, atEnd = onTestFinished }: { env?: Readonly<Record<string, string>>; atEnd?: AtEnd } = {}): Promise<Running> {
  const open = new AsyncDisposableStack();
  const stop = new AbortController();
  const health = open.use(createHealth({ version: 'test', now: () => new Date() }));
  const end = async () => {
    stop.abort();
    await open.disposeAsync();
  };
  atEnd(end);
  const config = readConfig({ ...home.env, ...env }, configuration);
  const metrics = createMetrics('identity');
  const server = await createApp({ config, log: createLogger({ name: 'identity', level: config.logLevel }), metrics, health, open, signal: stop.signal });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  health.started();
  return { web: clientOf(url, home), url, health, metrics, stop: end };
}

export const endingWith = (open: AsyncDisposableStack): AtEnd => (close) => { open.defer(close); };

/** A chain, a GitHub and a service on them for all tests of a file, until `open` is disposed. */
export async function openTogether(open: AsyncDisposableStack): Promise<{ around: Surroundings; home: Home; running: Running }> {
  const atEnd = endingWith(open);
  const around = open.use(await openSurroundings());
  const home = await openHome(around, { atEnd });
  return { around, home, running: await startIdentity(home, { atEnd }) };
}

/** What GitHub sends a browser back with. */
export function answerOf(location: string): { code: string; state: string; error: string } {
  const search = new URL(location).searchParams;
  return { code: search.get('code') ?? '', state: search.get('state') ?? '', error: search.get('error') ?? '' };
}

/** Signs somebody in, as their browser would. */
export async function signIn({ web }: { web: IdentityClient }, { github }: Surroundings, user = 'ada', address = '192.0.2.1'): Promise<{ session: string; githubId: string }> {
  const begun = await web.beginSession({ returnTo: '/link', address });
  const { session, person } = await web.completeOAuth({ session: begun.session, ...answerOf(github.authorize({ user, url: begun.authorizeUrl })), address });
  return { session, githubId: person?.githubId ?? '' };
}

type Step = { readonly step: identity.LinkStep; readonly session?: string; readonly githubId?: string };

/** The transaction of a step, built by the service and signed by these wallets, of which the first is named. */
export async function signedFor({ web }: { web: IdentityClient }, step: Step, ...wallets: readonly [Signer, ...Signer[]]): Promise<Uint8Array> {
  const { transaction } = await web.buildLink({ ...step, wallet: wallets[0].address, address: '192.0.2.1' });
  return signTransaction(transaction, wallets);
}

/** Builds, signs and submits a step, and waits until it has landed. */
export async function doStep(running: { web: IdentityClient }, step: Step, ...wallets: readonly [Signer, ...Signer[]]): Promise<string> {
  const transaction = await signedFor(running, step, ...wallets);
  const submit = () => running.web.submitLink({ ...step, transaction, address: '192.0.2.1' });
  const signature = (await submit()).submission?.signature ?? '';
  await vi.waitUntil(async () => {
    const { state, problem } = (await submit()).submission ?? {};
    if (state === SubmissionState.FAILED || state === SubmissionState.EXPIRED) throw new Error(`it did not land: ${problem ?? ''}`);
    return state === SubmissionState.FINALIZED;
  }, patient);
  return signature;
}

export const identityOf = async ({ web }: { web: IdentityClient }, githubId: string): Promise<identity.Identity> => {
  const { identity: found } = await web.getIdentity({ githubId });
  if (found === undefined) throw new Error('it answered nothing');
  return found;
};

/** What happened to a user, as short names in the order of the log. */
export const typesOf = async (home: Home, githubId: string): Promise<string[]> => (await home.events(githubId)).map(({ type }) => type.replace(/^dev\.doubloon\.identity\.(.*)\.v1$/, '$1'));
