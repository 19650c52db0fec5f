import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { addressBytes, close, compileTransaction, createOperator, linkIdentity, localProgram, operatorAddress, parseAddress, reasonOf, refund, signerFromSeed, signTransaction, type Address, type Instruction, type Signer } from '@doubloon/escrow';
import { openChain, type Chain } from '@doubloon/escrow/chain';
import { startRpcProxy, type RpcProxy } from '@doubloon/dev/rpc-proxy/rpc-proxy.ts';
import { decodeEvent, openEventLog, type CloudEvent } from '@doubloon/events';
import { startLocalnet, type Localnet } from '@doubloon/localnet';
import { migrationsFolder } from '@doubloon/postgres';
import { openTestDatabase, type TestDatabase } from '@doubloon/postgres/testing';
import { createTreasuryClient, newServiceToken, type treasury, type TreasuryClient } from '@doubloon/rpc';
import { createHealth, createLogger, createMetrics, readConfig, type Health, type Registry } from '@doubloon/service';
import { createApp } from '../src/app.ts';
import { configuration } from '../src/config.ts';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const denomsFile = join(import.meta.dirname, '../../../packages/domain/denoms/localnet.json');

/** A local chain with an operator account on it. */
export interface LocalChain extends AsyncDisposable {
  readonly localnet: Localnet;
  readonly chain: Chain;
  readonly operator: Address;
  readonly keys: Readonly<Record<'admin' | 'relayer' | 'attestor', Signer>>;
  /** Where the relayer's key lies, as a treasury reads it. */
  readonly relayerKeyFile: string;
  /** Links a GitHub user to a new wallet, past every service. */
  link(githubId: string): Promise<Signer>;
  /** Sends by itself, as anybody can who needs no treasury; the first signer pays. Resolves when it is final, rejects when it failed. */
  send(instructions: readonly Instruction[], signers: readonly [Signer, ...Signer[]]): Promise<void>;
  /** A wallet with so many lamports in finalized state. */
  wallet(lamports?: bigint): Promise<Signer>;
  /** The same with so many base units of the local `usdc` in its canonical token account. */
  walletWithUsdc(amount: bigint, lamports?: bigint): Promise<Signer>;
  /** Puts an account there as a real chain never would. */
  setAccount(address: Address, account: { owner: Address; lamports: bigint; data: Uint8Array }): Promise<void>;
  /** Moves the chain's clock past the deadline and the grace of a deposit, and sends its money back. */
  refundAfterDeadline(deposit: string, funder: Signer): Promise<void>;
  /** Moves it past the time that the refunded account stands for, and closes it. */
  closeAfterLingering(deposit: string, funder: Signer): Promise<void>;
}

/** A blockhash lives for 150 slots; `slotMs` is 50 unless told. */
export async function openLocalChain(options: { slotMs?: number } = {}): Promise<LocalChain> {
  await using opening = new AsyncDisposableStack();
  const localnet = opening.use(await startLocalnet(options));
  const chain = opening.use(openChain({ rpcUrl: localnet.rpcUrl, wsUrl: localnet.wsUrl }));
  const relayerSeed = randomBytes(32);
  const [admin, relayer, attestor] = [newSigner(), signerFromSeed(relayerSeed), newSigner()];
  const folder = await mkdtemp(join(tmpdir(), 'doubloon-keys-'));
  opening.defer(() => rm(folder, { recursive: true }));
  const relayerKeyFile = await writeKeyFile(folder, relayerSeed);
  for (const { address } of [admin, relayer]) await localnet.faucet.airdrop(address, 1_000_000_000n);
  const hand = async (instructions: readonly Instruction[], signers: readonly [Signer, ...Signer[]]): Promise<string> => {
    const { blockhash } = await chain.latestBlockhash();
    return chain.send(signTransaction(compileTransaction({ payer: signers[0].address, blockhash, instructions }), signers));
  };
  const send: LocalChain['send'] = async (instructions, signers) => {
    const signature = await hand(instructions, signers);
    const { error } = await vi.waitUntil(async () => {
      const [status] = await chain.signatureStatuses([signature]);
      return status?.commitment === 'finalized' ? status : undefined;
    }, patient);
    if (error !== undefined) throw reasonOf(error);
  };
  await hand([createOperator({ program: localProgram, admin: admin.address, host: 'github.example', relayer: relayer.address, attestor: attestor.address })], [admin]);
  const operator = operatorAddress({ program: localProgram, firstAdmin: admin.address }).address;
  await vi.waitUntil(() => chain.account(operator, 'finalized'), patient);

  const wallet = async (lamports = 2_000_000_000n): Promise<Signer> => {
    const made = newSigner();
    await localnet.faucet.airdrop(made.address, lamports);
    await vi.waitUntil(async () => (await chain.account(made.address, 'confirmed'))?.lamports === lamports, patient);
    return made;
  };
  const running = opening.move();
  return {
    localnet, chain, operator, wallet, send, relayerKeyFile, keys: { admin, relayer, attestor },
    async link(githubId) {
      const linked = await wallet();
      const expiry = (await chain.time()) + 300n;
      await send([linkIdentity({ program: localProgram, operator, githubId, payer: linked.address, attestor: attestor.address, wallet: linked.address, expiry })], [linked, attestor]);
      return linked;
    },
    async walletWithUsdc(amount, lamports) {
      const made = await wallet(lamports);
      await localnet.faucet.giveUsdc(made.address, amount);
      return made;
    },
    async setAccount(address, { owner, lamports, data }) {
      const body = { jsonrpc: '2.0', id: 1, method: 'surfnet_setAccount', params: [address, { owner, lamports: Number(lamports), data: Buffer.from(data).toString('hex') }] };
      const reply = await fetch(localnet.rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
      const answer = (await reply.json()) as { error?: { message: string } };
      if (answer.error !== undefined) throw new Error(answer.error.message);
    },
    async refundAfterDeadline(deposit, funder) {
      await localnet.timeTravel(94 * 86_400);
      await hand([refund({ program: localProgram, deposit: parseAddress(deposit), funder: funder.address })], [funder]);
    },
    async closeAfterLingering(deposit, funder) {
      await localnet.timeTravel(8 * 86_400);
      await hand([close({ program: localProgram, deposit: parseAddress(deposit), funder: funder.address })], [funder]);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** A Solana key file that only its owner may read. */
export async function writeKeyFile(folder: string, seed: Uint8Array): Promise<string> {
  const { address } = signerFromSeed(seed);
  const path = join(folder, `${address}.json`);
  await writeFile(path, JSON.stringify([...seed, ...addressBytes(address)]), { mode: 0o600 });
  return path;
}

export const newSigner = (): Signer => signerFromSeed(randomBytes(32));

/** Databases and tokens of one treasury, and the environment that makes a process of it. */
export interface Home {
  readonly database: TestDatabase;
  readonly env: Readonly<Record<string, string>>;
  readonly tokens: Readonly<Record<'web' | 'github-app', string>>;
  /** The events of one issue in the order of the log. */
  events(issueId: string): Promise<CloudEvent[]>;
}

/** `atEnd` takes what closes it; the end of the test unless told. */
export async function openHome({ localnet, operator }: LocalChain, changes: Readonly<Record<string, string>> = {}, atEnd: (close: () => Promise<void>) => void = onTestFinished): Promise<Home> {
  const [database, log] = [await openTestDatabase(migrationsFolder('treasury')), await openTestDatabase(migrationsFolder('event-log'))];
  atEnd(async () => { await Promise.all([database, log].map((one) => one[Symbol.asyncDispose]())); });
  const [web, app] = [newServiceToken(), newServiceToken()];
  const env = {
    DATABASE_URL: database.url, EVENT_LOG_URL: log.url, SOLANA_RPC_URL: localnet.rpcUrl, DENOMS_FILE: denomsFile,
    TREASURY_CLUSTER: 'localnet', TREASURY_PROGRAM: localProgram, TREASURY_OPERATOR: operator, TREASURY_WEB_URL: 'http://pages.example',
    TREASURY_CALLERS: JSON.stringify({ web: web.hash, 'github-app': app.hash }),
    TREASURY_SEND_EVERY: '200ms', TREASURY_WATCH_EVERY: '100ms', TREASURY_SCAN_EVERY: '500ms', LOG_LEVEL: 'silent', ...changes,
  };
  return {
    database, env, tokens: { web: web.token, 'github-app': app.token },
    async events(issueId) {
      await using eventLog = await openEventLog(log.url, { clientId: 'test', log: quiet, topics: ['bounty'] });
      const found: CloudEvent[] = [];
      for await (const { key, value } of eventLog.replay('bounty')) if (key === `${repositoryId}/${issueId}`) found.push(decodeEvent(value));
      return found;
    },
  };
}

export interface Clients {
  readonly web: TreasuryClient;
  readonly app: TreasuryClient;
}

export const clientsOf = (url: string, { tokens }: Home): Clients => ({
  web: createTreasuryClient({ url, token: tokens.web, caller: 'web', timeoutMs: 20_000 }),
  app: createTreasuryClient({ url, token: tokens['github-app'], caller: 'github-app', timeoutMs: 20_000 }),
});

export type RunningTreasury = Clients & { readonly health: Health; readonly metrics: Registry; stop(): Promise<void> };

/** The whole treasury inside this process, on real parts; `stop` ends it. */
export async function openTreasury(home: Home): Promise<RunningTreasury> {
  const open = new AsyncDisposableStack();
  const stop = new AbortController();
  const health = open.use(createHealth({ version: 'test', now: () => new Date() }));
  const end = async () => {
    stop.abort();
    await open.disposeAsync();
  };
  const config = readConfig(home.env, configuration);
  const metrics = createMetrics('treasury');
  try {
    const server = await createApp({ config, log: createLogger({ name: 'treasury', level: config.logLevel }), metrics, health, open, signal: stop.signal });
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    health.started();
    return { ...clientsOf(url, home), health, metrics, stop: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The same, stopped with the test. Tests that run at the same time each pass the `onTestFinished` of their own. */
export async function startTreasury(home: Home, atEnd: (close: () => Promise<void>) => void = onTestFinished): Promise<RunningTreasury> {
  const running = await openTreasury(home);
  atEnd(running.stop);
  return running;
}

export const repositoryId = '812345678';

/** An offer on an issue of its own, as the App would ask for it. */
export function offerRequest({ amount = '500000000', denom = 'sol', commentId = String(randomInt(2 ** 40)), issueId = String(randomInt(2 ** 40)), nth = 0 } = {}) {
  return {
    source: { kind: 'issue-comment', id: commentId, nth, url: `https://github.example/ada/engine/issues/7#issuecomment-${commentId}` },
    issue: { repositoryId, issueId, repository: 'ada/engine', number: 7, title: 'It does not divide', url: 'https://github.example/ada/engine/issues/7' },
    offeredBy: { githubId: '583231', login: 'ada' },
    money: { denom, amount },
  };
}

/** Opens an offer; answers its id and its issue's. */
export async function offered({ app }: Clients, request = offerRequest()): Promise<{ offerId: string; issueId: string }> {
  const { offer } = await app.openOffer(request);
  return { offerId: offer?.id ?? '', issueId: request.issue.issueId };
}

/** The funding transaction of an offer, built by the treasury and signed by the wallet. */
export async function signedFor({ web }: Clients, offerId: string, wallet: Signer): Promise<Uint8Array> {
  const { transaction } = await web.buildFunding({ offerId, wallet: wallet.address });
  return signTransaction(transaction, [wallet]);
}

export interface Funded {
  readonly offerId: string;
  readonly issueId: string;
  readonly deposit: Address;
  readonly funder: Signer;
}

/** An offer with its money in escrow, as the treasury has recorded it. */
export async function fundedOffer(local: LocalChain, clients: Clients, request = offerRequest()): Promise<Funded> {
  const { offerId, issueId } = await offered(clients, request);
  const funder = request.money.denom === 'sol' ? await local.wallet() : await local.walletWithUsdc(BigInt(request.money.amount));
  await clients.web.submitFunding({ offerId, transaction: await signedFor(clients, offerId, funder) });
  const address = await vi.waitUntil(async () => (await clients.web.getOffer({ offerId })).offer?.deposit?.address, patient);
  return { offerId, issueId, deposit: parseAddress(address), funder };
}

export const stateOf = async ({ web }: Clients, offerId: string): Promise<treasury.OfferState | undefined> => (await web.getOffer({ offerId })).offer?.state;

/** What happened on an issue, as short names in the order of the log. */
export const typesOf = async (home: Home, issueId: string): Promise<string[]> => (await home.events(issueId)).map(({ type }) => type.replace(/^dev\.doubloon\.bounty\.(.*)\.v1$/, '$1'));

/** A node that can be made to misbehave, and the settings that put it between a treasury and the chain. */
export async function behindProxy({ localnet }: LocalChain, atEnd: (close: () => Promise<void>) => void = onTestFinished): Promise<{ readonly node: RpcProxy; readonly env: Readonly<Record<string, string>> }> {
  const node = await startRpcProxy(localnet);
  atEnd(async () => { await node[Symbol.asyncDispose](); });
  return { node, env: { SOLANA_RPC_URL: node.url, SOLANA_WS_URL: node.wsUrl } };
}

/** For everything that comes by itself. */
export const patient = { timeout: 20_000, interval: 50 };
