import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { ClientBase, Pool } from 'pg';
import { decimalsOf, parseDenoms } from '@doubloon/domain';
import { createBoundedParser } from '@doubloon/domain/bounded';
import { openEventLog } from '@doubloon/events';
import { lawIsOff } from '@doubloon/failpoints';
import { checkSchema, migrationsFolder, openPool, startInboxWorker, type InboxRow } from '@doubloon/postgres';
import { createIdentityClient, createTreasuryClient, type TreasuryClient } from '@doubloon/rpc';
import { withTrace, type Health, type Service } from '@doubloon/service';
import type { Parse } from './commands/commands.ts';
import type { GitHubAppSettings } from './config.ts';
import { bountyKind, consumeEvents, identityKind, topics } from './issues/consume-events.ts';
import { openProbot } from './github.ts';
import { createHandlers, receiveStored } from './webhooks/handlers.ts';
import { openIntake, storeDelivery } from './webhooks/intake.ts';
import { findIssue, keepIssueTold, wakeIssue } from './issues/issue-row.ts';
import { startIssueWorker } from './issues/issue-worker.ts';
import { automate } from './life/automate.ts';
import { createMeasures } from './measures.ts';
import { wakeAwardee } from './notices/awardee-row.ts';
import { startPruning } from './prune.ts';
import { startRounds } from './rounds.ts';
import { createReceiver, type Delivery } from './webhooks/receive.ts';
import { startRereader } from './reread/rereader.ts';
import { startSweeper } from './sweep/sweeper.ts';
import { findInstallation } from './issues/in-turn.ts';
import { tendIssue } from './issues/tend-issue.ts';

/** How often is looked for what is to follow by itself. */
const automaticEveryMs = 2_000;

/** Opens what the App needs, starts its workers, and builds the server of the receiver, which does not listen yet. */
export async function createApp({ config, log, metrics, health, open, signal }: Service<GitHubAppSettings>): Promise<Server> {
  const now = () => new Date();
  const denoms = decimalsOf(parseDenoms(JSON.parse(await readFile(config.denomsFile, 'utf8'))));
  const intake = open.adopt(openIntake(config.databaseUrl, log), (it) => it.end());
  const pool = open.adopt(openPool({ url: config.databaseUrl, name: 'github-app', max: 16, log }), (it) => it.end());
  await checkSchema(pool, migrationsFolder('github-app'));
  await health.watch('database', () => intake.query('select 1'));
  const measures = createMeasures(metrics, pool);

  const probot = await openProbot({ appId: config.appId, privateKey: config.privateKey, apiUrl: config.apiUrl, onAnswer: (headers) => { measures.quota.hear(headers, now()); } }, log);
  const parser = open.use(createBoundedParser({ onTimeout: (comment) => { log.warn({ comment }, 'a text was given up: it takes too long to read'); } }));
  const parse: Parse = (text) => parser.parse(text, denoms);
  createHandlers({ parse, now })(probot);
  const octokit = (installation?: number) => probot.auth(installation);
  const asApp = await octokit();
  // Told, not needed: deliveries are taken and kept whatever becomes of GitHub, of the log and of the work on them.
  void health.watch('github', () => asApp.rest.apps.getAuthenticated(), { everyMs: 60_000, needed: false });

  open.use(startPruning({ pool, keptMs: config.kept, now, log }));

  const client = createTreasuryClient({ url: config.treasuryUrl, token: config.treasuryToken, caller: 'github-app', timeoutMs: 10_000 });
  const identity = createIdentityClient({ url: config.identityUrl, token: config.identityToken, caller: 'github-app', timeoutMs: 10_000 });
  const issues = open.use(startIssueWorker({
    pool, log, now,
    tend: (issue) => withTrace(undefined, () => tendIssue({
      pool, client, identity, denoms, log, now, appId: String(config.appId), octokit, onWrite: (how) => { measures.writes.inc({ how }); }, onRefusal: (reason) => { measures.refusals.inc({ reason }); }, onCommand: (command, outcome) => { measures.commands.inc({ command, outcome }); }, onNotice: (kind) => { measures.notices.inc({ kind }); },
    }, issue)),
  }));

  open.use(startRounds(automaticEveryMs, (rounds) => automate({
    pool, client, identity, octokit, log, now, findInstallation: (issue) => findInstallation({ pool, octokit }, issue), onWoken: () => { issues.wake(); },
  }, rounds)));

  const handle = async (row: InboxRow, db: ClientBase): Promise<void> => {
    await withTrace(row.traceparent, () => {
      if (row.kind === bountyKind) return wakeTold(row, db, client, now());
      return row.kind === identityKind ? wakeAwardee(db, row.subject, now()) : receiveStored(probot, row, db, now);
    });
    issues.wake();
  };
  const inbox = open.use(startInboxWorker({ pool, log, now, signal, handle }));
  const events = open.use(await openEventLog(config.eventLogUrl, { clientId: 'github-app', log, topics }));
  const subscription = open.use(await consumeEvents(events, pool, () => { inbox.wake(); }));
  for (const name of topics) health.consumer(name, () => subscription.progress().filter(({ topic }) => topic === name), { needed: false });
  watchQueue(health, 'inbox', pool, waitingRows);
  watchQueue(health, 'issues', pool, waitingIssues);

  const keep = async (db: Pool, delivery: Delivery): Promise<boolean> => {
    const isNew = await storeDelivery(db, delivery);
    if (isNew) inbox.wake();
    return isNew;
  };
  if (!lawIsOff('level')) {
    open.use(startSweeper({ pool, appId: String(config.appId), octokit, store: (delivery) => keep(pool, delivery), perMinute: config.sweepPace, everyMs: config.sweepEvery, measures, health, log, now }));
    open.use(startRereader({
      pool, parse, measures, log, now, everyMs: config.rereadEvery, octokit, appId: String(config.appId),
      findInstallation: (issue) => findInstallation({ pool, octokit }, issue), onStored: () => { inbox.wake(); issues.wake(); },
    }));
  }

  const receiver = createReceiver({
    secrets: { current: config.webhookSecret, previous: config.previousWebhookSecret },
    store(delivery) {
      measures.inHand.inc();
      return keep(intake, delivery).finally(() => { measures.inHand.dec(); });
    },
    onAnswer({ status, key, reason, error }) {
      measures.answers.inc({ status: String(status) });
      if (key !== undefined) measures.keys.inc({ secret: key });
      if (error !== undefined) log.error({ err: error }, 'delivery could not be stored');
      else if (status !== 202) log.info({ status, reason }, 'delivery refused');
    },
  });
  return createServer({ requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000, maxHeaderSize: 16_384, connectionsCheckingInterval: 1_000 }, receiver);
}

async function wakeTold(row: InboxRow, db: ClientBase, client: TreasuryClient, now: Date): Promise<void> {
  const [repositoryId = '', issueId = ''] = row.subject.split('/');
  const key = { repositoryId, issueId };
  if ((await findIssue(db, key)) === undefined) {
    const { offers: [first] } = await client.getBounty(key);
    if (first?.issue === undefined) return;
    await keepIssueTold(db, key, first.issue, now);
  }
  await wakeIssue(db, key, now);
}

const waitingRows = 'select count(*)::int as waiting from inbox where done_at is null and dead_at is null and not_before <= now()';
const waitingIssues = 'select count(*)::int as waiting from living_comment where due_at <= now() and (not_before is null or not_before <= now())';

// A queue that is never seen empty for long is stuck, or too much for this process: both are worth saying.
function watchQueue(health: Health, name: string, pool: Pool, statement: string): void {
  let waiting = 0;
  let since = new Date();
  void health.watch(name, async () => {
    const { rows } = await pool.query<{ waiting: number }>(statement);
    waiting = rows[0]?.waiting ?? 0;
    if (waiting === 0) since = new Date();
  }, { needed: false });
  health.consumer(name, () => [{ position: '0', end: String(waiting), since }], { needed: false });
}
