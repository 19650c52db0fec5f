import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { DoubloonError, isDoubloonError } from '@doubloon/errors';
import { decodeOperator, type Address } from '@doubloon/escrow';
import { listenForHints, openChain, webSocketOf, type Chain } from '@doubloon/escrow/chain';
import { openEventLog, type EventLog } from '@doubloon/events';
import { lawIsOff } from '@doubloon/failpoints';
import { checkCluster, checkSchema, migrationsFolder, openPool, pinCluster, startOutboxRelay, type OutboxRow } from '@doubloon/postgres';
import { createRpcServer } from '@doubloon/rpc';
import { startRounds, type Dependency, type Rounds, type Service } from '@doubloon/service';
import type { IdentitySettings } from './config.ts';
import type { IdentityContext } from './context.ts';
import { identityRoute } from './identity.ts';
import { identitiesOf } from './links/account.ts';
import { keepFacts } from './links/chain-facts.ts';
import { sendDue } from './links/sender.ts';
import { scanIdentities, type Doubts } from './links/watcher.ts';
import { createIdentityMetrics } from './metrics.ts';
import { openOAuth } from './oauth.ts';
import { forgetOld } from './retention.ts';

const pendingEveryMs = 1_000;
const forgetEveryMs = 60_000;

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
  await checkOperator(chain, { program, operator });
  const cluster = { name: config.cluster, genesisHash };
  const attestors = [config.attestor, ...(config.nextAttestor === undefined ? [] : [config.nextAttestor])];
  const facts = open.use(await keepFacts({ chain, cluster, program, operator, attestors, now, log }, {
    health: health.dependency('chain', { needed: false }), attestorHealth: health.dependency('attestor', { needed: false }), inForce: measures.attestorInForce,
  }));
  // Only once the chain has proved to be the one that is meant: a wrong SOLANA_RPC_URL at the first start must not stay.
  await pinCluster(pool, genesisHash, now);

  const events = open.use(await openEventLog(config.eventLogUrl, { clientId: 'identity', log, topics: ['identity'] }));
  // Events wait in the outbox: a log that is away is no reason to keep people from linking.
  open.use(startRelay({ pool, events, log, signal, health: health.dependency('event log', { needed: false }) }));

  const oauth = openOAuth({ githubUrl: config.githubUrl, apiUrl: config.apiUrl, clientId: config.clientId, clientSecret: config.clientSecret, redirectUri: `${config.webUrl}/link/callback`, log });
  const wake = { sender: () => { sender.wake(); }, watcher: () => { scan.wake(); } };
  const context: IdentityContext = { pool, chain, cluster, program, operator, facts, attestors, oauth, webUrl: config.webUrl, log, now, random: randomBytes, wake };

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
  rounds('retention', forgetEveryMs, () => forgetOld(context));
  // A test without the fourth law is to see that nobody looks by himself: a hint would hide it.
  if (!lawIsOff('level')) open.use(listenForHints({ wsUrl: config.wsUrl ?? webSocketOf(config.rpcUrl), program, filters: identitiesOf(operator), onHint: () => { scan.wake(); } }));

  return open.adopt(createRpcServer({ routes: [identityRoute(context)], tokens: config.callers, log, metrics }), (it) => it.close());
}

function startRelay({ pool, events, log, signal, health }: { pool: Pool; events: EventLog; log: Service<IdentitySettings>['log']; signal: AbortSignal; health: Dependency }): AsyncDisposable {
  const publish = async (batch: readonly OutboxRow[]): Promise<void> => {
    try {
      await events.publish('identity', batch.map(({ key, value, headers }) => ({ key, value: JSON.stringify(value), headers })));
      health.up();
    } catch (error) {
      // A message that the log refuses says nothing about the log.
      if (isDoubloonError(error, 'EVENT_LOG_UNAVAILABLE')) health.down(error.code);
      throw error;
    }
  };
  health.up();
  return startOutboxRelay({ pool, publish, log, signal });
}

async function checkOperator(chain: Chain, { program, operator }: { program: Address; operator: Address }): Promise<void> {
  const account = await chain.account(operator, 'confirmed');
  const problem = account === undefined ? 'there is no such account on this chain' : account.owner !== program ? 'the account does not belong to IDENTITY_PROGRAM' : undefined;
  if (account === undefined || problem !== undefined) throw new DoubloonError('CONFIG_INVALID', { problems: [`IDENTITY_OPERATOR: ${problem ?? ''}`] });
  decodeOperator(account.data);
}
