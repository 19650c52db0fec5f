import { readFile } from 'node:fs/promises';
import type { Pool } from 'pg';
import { parseDenoms } from '@doubloon/domain';
import { DoubloonError } from '@doubloon/errors';
import { listenForHints, openChain, readOperator, readProgram, webSocketOf } from '@doubloon/escrow/chain';
import { openEventLog, publisher, type EventLog } from '@doubloon/events';
import { lawIsOff } from '@doubloon/failpoints';
import { checkCluster, checkSchema, migrationsFolder, openPool, pinCluster, startOutboxRelay } from '@doubloon/postgres';
import { createIdentityClient, createRpcServer } from '@doubloon/rpc';
import { startRounds, type Rounds, type Service } from '@doubloon/service';
import { chartTheRest } from './board/chart-bounty.ts';
import { keepFacts } from './chain-facts.ts';
import type { TreasurySettings } from './config.ts';
import { createTreasuryMetrics } from './metrics.ts';
import { checkMints } from './mints.ts';
import { expireOffers } from './offers/offer-expiry.ts';
import { recordRules } from './funding/record-rules.ts';
import { crankDue } from './relayer/crank-due.ts';
import { listenForLinks } from './relayer/listen-for-links.ts';
import { lookAtPayees } from './relayer/look-at-payees.ts';
import { knowMinimums } from './relayer/minimums.ts';
import { pursueSent } from './relayer/pursue-sent.ts';
import { relayDue } from './relayer/relay-due.ts';
import { prune } from './prune.ts';
import { treasuryRoute } from './routes.ts';
import { depositsOf, scanDeposits } from './deposits/scan-deposits.ts';
import { sendDue } from './funding/sender.ts';
import type { Treasury } from './treasury.ts';
import { watchHeld } from './deposits/watch-held.ts';
import { watchAwaited } from './deposits/watcher.ts';

const factsEveryMs = 10_000;
const pendingEveryMs = 1_000;
const expireEveryMs = 60_000;
// What ends is hinted at; without hints nobody is in a hurry.
const heldEveryWatches = 5;

/** Opens what the treasury needs, starts sender, watcher and relay, and builds the server, which does not listen yet. */
export async function createApp({ config, log, metrics, health, open, signal }: Service<TreasurySettings>): Promise<ReturnType<typeof createRpcServer>> {
  const now = () => new Date();
  const denoms = parseDenoms(JSON.parse(await readFile(config.denomsFile, 'utf8')));
  const pool = open.adopt(openPool({ url: config.databaseUrl, name: 'treasury', max: 16, log }), (it) => it.end());
  await checkSchema(pool, migrationsFolder('treasury'));
  await health.watch('database', () => pool.query('select 1'));

  // The chain and what is done with it are told, not needed: offers are opened and signed bytes are kept while it is away.
  const { program, operator } = config;
  const measures = createTreasuryMetrics(metrics, { pool, now });
  const chain = open.use(openChain({ rpcUrl: config.rpcUrl, ...(config.wsUrl === undefined ? {} : { wsUrl: config.wsUrl }), onFailure: measures.chainFailed }));
  const genesisHash = await chain.genesisHash();
  await checkCluster(pool, genesisHash);
  if (denoms.cluster !== config.cluster) throw new DoubloonError('CONFIG_INVALID', { problems: [`DENOMS_FILE is for ${denoms.cluster}, TREASURY_CLUSTER says ${config.cluster}`] });
  await checkMints(chain, denoms, genesisHash);
  // Our terms name the relayer: without one every deposit would be decided by its funder alone.
  if ((await readOperator(chain, { program, operator, prefix: 'TREASURY_' })).relayer === undefined) throw new DoubloonError('CONFIG_INVALID', { problems: ['TREASURY_OPERATOR has no relayer key'] });
  const checkProgram = () => readProgram(chain, { program, cluster: config.cluster, upgradeAuthority: config.upgradeAuthority });
  const facts = open.use(await keepFacts({ chain, readProgram: checkProgram, operator, everyMs: factsEveryMs, now, log, health: health.dependency('chain', { needed: false }) }));
  // Only once the chain has proved to be the one that is meant: a wrong SOLANA_RPC_URL at the first start must not stay.
  await pinCluster(pool, genesisHash, now);

  const events = open.use(await openEventLog(config.eventLogUrl, { clientId: 'treasury', log, topics: ['bounty', 'identity'] }));
  // Events wait in the outbox: a log that is away is no reason to keep people from funding.
  open.use(startOutboxRelay({ pool, publish: publisher(events, 'bounty', health.dependency('event log', { needed: false })), log, signal }));

  const wake = { sender: () => { sender.wake(); }, watcher: () => { watcher.wake(); }, relayer: () => { relayer.wake(); }, scan: () => { scan.wake(); } };
  const unclaimed = new Set<string>();
  const { identityUrl, identityToken } = config;
  const identity = identityUrl === undefined || identityToken === undefined ? undefined : createIdentityClient({ url: identityUrl, token: identityToken, caller: 'treasury' });
  const context: Treasury = { pool, chain, facts, denoms, webUrl: config.webUrl, relays: config.relayer !== undefined, recordRules: identity === undefined ? () => undefined : recordRules({ identity, log }), log, now, unclaimed, wake, program, operator, cluster: { name: config.cluster, genesisHash } };
  const watching = { ...context, checkProgram, credited: measures.credited, changed: measures.changed };

  const rounds = (name: string, everyMs: number, round: () => Promise<void>) => open.use(startRounds({
    name, everyMs, round, log, health: health.dependency(name, { needed: false }), ended: (outcome) => { measures.roundEnded(name, outcome); },
  }));
  const watcher: Rounds = rounds('watcher', config.watchEvery, async () => {
    const found = await watchAwaited(watching);
    lookAgain(watcher, found);
  });
  const sender = rounds('sender', config.sendEvery, () => sendDue({ ...context, settled: measures.settled }, { everyMs: config.sendEvery }));
  const scan: Rounds = rounds('scan', config.scanEvery, async () => {
    const found = await scanDeposits(watching, unclaimed);
    measures.scanned(found);
    lookAgain(scan, found);
  });
  const heldCursor = { after: '' };
  const refunds: Rounds = rounds('refunds', heldEveryWatches * config.watchEvery, async () => {
    const found = await watchHeld(watching, heldCursor);
    lookAgain(refunds, found);
  });
  const onHint = () => { for (const one of [watcher, scan, refunds]) one.wake(); };
  // A test without the fourth law is to see that nobody looks by himself: a hint would hide it.
  if (!lawIsOff('level')) open.use(listenForHints({ wsUrl: config.wsUrl ?? webSocketOf(config.rpcUrl), program, filters: depositsOf(operator), onHint }));
  rounds('expiry', expireEveryMs, async () => {
    await chartTheRest(context);
    await expireOffers(context);
  });
  rounds('retention', expireEveryMs, async () => {
    await prune(context);
    // Last: a log that is away keeps nobody from forgetting what is here.
    await events.prune('bounty', new Date(now().getTime() - config.eventsKept));
  });

  // Deciding by comment, paying and sending back need a key; without one all of it can be done by others, and is seen.
  const { relayer: key } = config;
  const minimumOf = identity === undefined ? () => Promise.resolve(undefined) : knowMinimums({ identity, denoms, now, log });
  const relaying = key === undefined ? undefined : { ...context, key, budget: BigInt(config.relayerBudget), mostAccounts: config.relayerAccounts, refundAfterMs: config.refundAfter, minimumOf, relayed: measures.relayed };
  const relayer: Rounds = rounds('relayer', config.sendEvery, async () => {
    const every = { everyMs: config.sendEvery };
    // What others signed by themselves is sent without a key, too.
    if (relaying === undefined) return pursueSent({ ...context, relayed: measures.relayed }, every);
    const found = await relayDue(relaying, every);
    lookAgain(relayer, found);
  });
  const cranks = rounds('cranks', config.watchEvery, async () => {
    const time = await chain.time();
    await lookAtPayees(context, time);
    if (relaying !== undefined && (await crankDue(relaying, time)) > 0) wake.relayer();
  });
  hearOfLinks(open, { events, pool, log, onNews: () => { cranks.wake(); } });
  const deciding = relaying && identity && { ...relaying, facts, wake, identity };

  return open.adopt(createRpcServer({ routes: [treasuryRoute(context, deciding)], tokens: config.callers, log, metrics }), (it) => it.close());
}

/** A log that is away keeps nobody from starting: whoever is not heard of is looked at by the clock. */
function hearOfLinks(open: AsyncDisposableStack, { events, pool, log, onNews }: { events: EventLog; pool: Pool; log: Service<TreasurySettings>['log']; onNews: () => void }): void {
  const joined = listenForLinks(events, pool, onNews).catch((err: unknown) => {
    log.warn({ err }, 'links are not heard of');
    return undefined;
  });
  open.defer(async () => { await (await joined)?.[Symbol.asyncDispose](); });
}

/** What is there and not final yet will be soon, and what was seen once wants a second look, whoever hints at it. */
function lookAgain(rounds: Rounds, { pending }: { pending: number }): void {
  if (pending > 0) setTimeout(() => { rounds.wake(); }, pendingEveryMs).unref();
}
