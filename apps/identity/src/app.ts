import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { decimalsOf, parseDenoms } from '@doubloon/domain';
import { createBoundedParser } from '@doubloon/domain/bounded';
import type { Address } from '@doubloon/escrow';
import { listenForHints, openChain, readFinal, readOperator, webSocketOf } from '@doubloon/escrow/chain';
import { openEventLog, publisher } from '@doubloon/events';
import { lawIsOff } from '@doubloon/failpoints';
import { checkCluster, checkSchema, migrationsFolder, openPool, pinCluster, startOutboxRelay } from '@doubloon/postgres';
import { createRpcServer } from '@doubloon/rpc';
import { startRounds, type Rounds, type Service } from '@doubloon/service';
import type { AuthorizeContext } from './authorize/authorize.ts';
import { forgetDecisions } from './authorize/decision-row.ts';
import type { IdentitySettings } from './config.ts';
import type { IdentityContext } from './context.ts';
import { openAppTokens } from './github/app-tokens.ts';
import { openAsk } from './github/ask.ts';
import { openReading } from './github/reader.ts';
import { identityRoute } from './identity.ts';
import { identitiesOf } from './links/account.ts';
import { keepFacts } from './links/chain-facts.ts';
import { sendDue } from './links/sender.ts';
import { sharedReading } from './links/shared-reading.ts';
import { scanIdentities, type Doubts } from './links/watcher.ts';
import { createIdentityMetrics } from './metrics.ts';
import { openOAuth } from './oauth.ts';
import { forgetOld } from './retention.ts';
import { rememberedRules } from './rules/remembered-rules.ts';

/** Shorter than anybody waits for a change to show. */
const readingMs = 250;
const pendingEveryMs = 1_000;
const forgetEveryMs = 60_000;
/** Of one request: all deposits of a bounty are less. */
const mostBytes = 1_048_576;
/** Of one question to GitHub. Whoever asks us waits ten seconds. */
const githubTimeoutMs = 5_000;

/** Opens what the service needs, starts sender, watcher and relay, and builds the server, which does not listen yet. */
export async function createApp({ config, log, metrics, health, open, signal }: Service<IdentitySettings>): Promise<ReturnType<typeof createRpcServer>> {
  const now = () => new Date();
  const pool = open.adopt(openPool({ url: config.databaseUrl, name: 'identity', max: 16, log }), (it) => it.end());
  await checkSchema(pool, migrationsFolder('identity'));
  await health.watch('database', () => pool.query('select 1'));

  // The chain is told, not needed: sessions work, and signed bytes are kept, while it is away.
  const { program, operator } = config;
  const measures = createIdentityMetrics(metrics, { pool });
  const chain = open.use(openChain({ rpcUrl: config.rpcUrl, ...(config.wsUrl === undefined ? {} : { wsUrl: config.wsUrl }), onFailure: measures.chainFailed }));
  const genesisHash = await chain.genesisHash();
  await checkCluster(pool, genesisHash);
  await readOperator(chain, { program, operator, prefix: 'IDENTITY_' });
  const cluster = { name: config.cluster, genesisHash };
  const attestors = [config.attestor, ...(config.nextAttestor === undefined ? [] : [config.nextAttestor])];
  const facts = open.use(await keepFacts({ chain, cluster, program, upgradeAuthority: config.upgradeAuthority, operator, attestors, now, log }, {
    health: health.dependency('chain', { needed: false }), attestorHealth: health.dependency('attestor', { needed: false }), inForce: measures.attestorInForce,
  }));
  // Only once the chain has proved to be the one that is meant: a wrong SOLANA_RPC_URL at the first start must not stay.
  await pinCluster(pool, genesisHash, now);

  const events = open.use(await openEventLog(config.eventLogUrl, { clientId: 'identity', log, topics: ['identity'] }));
  // Events wait in the outbox: a log that is away is no reason to keep people from linking.
  open.use(startOutboxRelay({ pool, publish: publisher(events, 'identity', health.dependency('event log', { needed: false })), log, signal }));

  const denoms = decimalsOf(parseDenoms(JSON.parse(await readFile(config.denomsFile, 'utf8'))));
  const parser = open.use(createBoundedParser({ onTimeout: (comment) => { log.warn({ comment }, 'a text was given up: it takes too long to read'); } }));
  const ask = openAsk({ timeoutMs: githubTimeoutMs });
  const oauth = openOAuth({ ask, githubUrl: config.githubUrl, apiUrl: config.apiUrl, clientId: config.clientId, clientSecret: config.clientSecret, redirectUri: `${config.webUrl}/link/callback`, log, now });
  const reading = openReading({ ask, apiUrl: config.apiUrl, now, tokens: openAppTokens({ ask, apiUrl: config.apiUrl, now, appId: config.appId, privateKey: config.privateKey }) });
  const authorizing: AuthorizeContext = { pool, denoms, readRules: rememberedRules(denoms), reading, now, parse: (text) => parser.parse(text, denoms), newId: randomUUID, decided: measures.decided };
  const wake = { sender: () => { sender.wake(); }, watcher: () => { scan.wake(); } };
  const readAccount = sharedReading(readingMs, (account: Address) => readFinal({ chain, cluster }, [operator, account]));
  const context: IdentityContext = { pool, chain, cluster, program, operator, readAccount, facts, attestors, oauth, reading, authorizing, webUrl: config.webUrl, log, now, random: randomBytes, wake };

  const rounds = (name: string, everyMs: number, round: () => Promise<void>) => open.use(startRounds({
    name, everyMs, round, log, health: health.dependency(name, { needed: false }), ended: (outcome) => { measures.roundEnded(name, outcome); },
  }));
  const doubts: Doubts = new Map();
  const scan: Rounds = rounds('scan', config.scanEvery, async () => {
    const found = await scanIdentities(context, doubts);
    measures.scanned(found);
    // What was seen once is believed at a later look, whoever hints at it.
    if (found.pending > 0) setTimeout(() => { scan.wake(); }, pendingEveryMs).unref();
  });
  const sender: Rounds = rounds('sender', config.sendEvery, () => sendDue({ ...context, settled: measures.settled }, { everyMs: config.sendEvery }));
  rounds('retention', forgetEveryMs, async () => {
    await forgetOld(context);
    await forgetDecisions(pool, new Date(now().getTime() - config.decisionsKept));
    // Last: a log that is away keeps nobody from forgetting what is here.
    await events.prune('identity', new Date(now().getTime() - config.eventsKept));
  });
  // A test without the fourth law is to see that nobody looks by himself: a hint would hide it.
  if (!lawIsOff('level')) open.use(listenForHints({ wsUrl: config.wsUrl ?? webSocketOf(config.rpcUrl), program, filters: identitiesOf(operator), onHint: () => { scan.wake(); } }));

  return open.adopt(createRpcServer({ routes: [identityRoute(context)], tokens: config.callers, log, metrics, maxBytes: mostBytes }), (it) => it.close());
}
