import type { ClientBase, Pool } from 'pg';
import { inTransaction } from '@doubloon/postgres';
import type { Logger } from '@doubloon/service';
import { alone } from '../issues/alone.ts';
import { readCommands, type Parse } from '../commands/commands.ts';
import { hasOffers } from '../commands/offer-row.ts';
import { readSetback, type Octokit } from '../github.ts';
import { holdInstallation, requireTurn, TooSoon } from '../issues/installation-pace.ts';
import { undone } from '../issues/intent.ts';
import { keepFacts, keepName } from '../life/facts-row.ts';
import { lookAtCandidates } from '../life/follow.ts';
import { storeDelivery } from '../webhooks/intake.ts';
import { nameIn, readIssueNow, type IssueNow, type Reread } from './issue-now.ts';
import { wakeKnown, type IssueKey, type KnownIssue } from '../issues/issue-row.ts';
import type { Delivery } from '../webhooks/receive.ts';
import { absent, missedDeletion, missedOn, missedTransfer, settleMs, type Known } from './reread-missed.ts';
import { dueIssues, holdRereads, keepReread, readKnown, type DueIssue } from './reread-row.ts';

export interface Rereading {
  readonly pool: Pool;
  /** A client that acts as an installation. */
  octokit(installation: number): Promise<Octokit>;
  /** The installation of an issue's repository, asked for when no delivery has named it. */
  findInstallation(issue: KnownIssue): Promise<string>;
  readonly parse: Parse;
  /** Milliseconds until an issue is read again. */
  readonly everyMs: number;
  /** Something was stored, or an issue was woken. */
  onStored(): void;
  /** How each reading ended. */
  onReading?(how: Reading): void;
  readonly log: Logger;
  readonly now: () => Date;
  /** From 0 to 1, spreads the readings. */
  readonly random?: () => number;
}

export type Reading = 'unchanged' | 'nothing' | 'missed' | 'refused' | 'limited' | 'failed';

/** Issues that are read in one round at most. */
const batch = 50;
/** Longer than that, with all of its pages, no reading takes. */
const withinMs = 30_000;
/** Closed issues may be funded still and are read less often; so are those that GitHub does not show us. */
const rarely = 4;
const failedMs = 60_000;
const mostFailures = 3;
/** Share of an installation's requests an hour that is left for everything else. */
const reserve = 0.25;

/**
 * Reads the issues whose time it is once more, and puts in the inbox what should have been delivered of them: texts that were
 * written, edited or deleted while nobody told us. One process at a time; every step may be repeated.
 */
export async function reread(rereading: Rereading, signal: AbortSignal): Promise<void> {
  const { pool, now, log, onReading } = rereading;
  await alone(pool, 'reread', async () => {
    let failures = 0;
    const held = new Set<string>();
    for (const due of await dueIssues(pool, now(), batch)) {
      if (signal.aborted || failures >= mostFailures) return;
      const how = await rereadOne(rereading, due, held, AbortSignal.any([signal, AbortSignal.timeout(withinMs)]));
      if (how === undefined || signal.aborted) continue;
      onReading?.(how);
      failures = how === 'failed' ? failures + 1 : 0;
    }
  }).catch((err: unknown) => { log.warn({ err }, 'issues could not be read again'); });
}

/** `undefined` when there is no reading now, because its installation has to wait. */
async function rereadOne(rereading: Rereading, due: DueIssue, held: Set<string>, signal: AbortSignal): Promise<Reading | undefined> {
  const { pool, now, log, everyMs, octokit, findInstallation } = rereading;
  // What is known is read first: a comment that we hear of meanwhile is none that could be found missing.
  const known = await readKnown(pool, due, new Date(now().getTime() - settleMs));
  if (known === undefined) return undefined;
  let installation = known.issue.installationId;
  try {
    installation ??= await findInstallation(known.issue);
    if (held.has(installation)) return undefined;
    await requireTurn(pool, installation, now());
    const client = await octokit(Number(installation));
    const read = await readIssueNow(client, known.issue, due.tags ?? undefined, signal);
    const how = await keep(rereading, client, due, known, read, signal);
    const left = typeof read === 'object' && 'left' in read ? read.left : undefined;
    if (left !== undefined && left.remaining < left.limit * reserve) {
      held.add(installation);
      await holdRereads(pool, installation, new Date(now().getTime() + left.waitMs));
    }
    return how;
  } catch (error) {
    const { notBefore, status, isUnknown } = readSetback(error, now());
    const ids = { repository: due.repositoryId, issue: due.issueId };
    if (notBefore !== undefined && installation !== undefined) {
      if (!(error instanceof TooSoon)) await holdInstallation(pool, installation, notBefore);
      held.add(installation);
      await holdRereads(pool, installation, notBefore);
      return 'limited';
    }
    const isRefused = status !== undefined && !isUnknown;
    log[isRefused ? 'info' : 'warn']({ ...ids, err: error }, 'an issue could not be read again');
    await keepReread(pool, due, later(rereading, isRefused ? everyMs * rarely : failedMs));
    return isRefused ? 'refused' : 'failed';
  }
}

/** Stores what was missed together with the tags that say that it was seen. */
async function keep(rereading: Rereading, client: Octokit, due: DueIssue, known: Known, read: Reread, signal: AbortSignal): Promise<Reading> {
  const { pool, now, everyMs, parse, onStored, log } = rereading;
  if (read === 'unchanged') {
    await inTransaction(pool, async (db) => {
      await keepReread(db, due, later(rereading, everyMs));
      await lookForCandidates(db, due, now());
      await wakeKnown(db, due, now());
    });
    onStored();
    return 'unchanged';
  }
  if ('gone' in read && read.gone === 'renamed') {
    await keepName(pool, due.repositoryId, read.name);
    await keepReread(pool, due, now());
    return 'missed';
  }
  if ('gone' in read && read.gone === 'unknown') {
    await keepReread(pool, due, later(rereading, everyMs * rarely));
    return 'refused';
  }
  const missed = 'gone' in read ? [read.gone === 'moved' ? missedTransfer(known.issue, read.to) : missedDeletion(known.issue, read.at)]
    : await missedOn(known, read, await filterAsync(absent(known, read), (id) => isGone(client, known.issue, id, signal)), (text, url) => readCommands(parse, text, url));
  const isClosed = 'issue' in read && read.issue.state === 'closed';
  const stored = await inTransaction(pool, async (db) => {
    // Repository before issue, as whoever handles a delivery locks them.
    if ('issue' in read) await keepName(db, due.repositoryId, nameIn(read.issue.repository_url) ?? known.issue.repository);
    let count = 0;
    for (const delivery of missed) if ((await storeDelivery(db, delivery)) && !mayBeKnown(delivery)) count += 1;
    await keepReread(db, due, later(rereading, isClosed ? everyMs * rarely : everyMs), 'tags' in read ? (read.tags ?? null) : null);
    if ('issue' in read) await keepSeen(db, known.issue, read, now());
    await wakeKnown(db, due, now());
    return count;
  });
  if (stored > 0) log.warn({ repository: due.repositoryId, issue: due.issueId, missed: stored }, 'an issue says what we were never told');
  onStored();
  return stored > 0 ? 'missed' : 'nothing';
}

/** What became of the issue, and which pull requests close it, may not have been told either. */
async function keepSeen(db: ClientBase, issue: KnownIssue, { facts }: IssueNow, now: Date): Promise<void> {
  if (facts !== undefined) await keepFacts(db, issue, facts, now);
  await lookForCandidates(db, issue, now);
}

// A pull request may come to close an issue without the issue changing.
async function lookForCandidates(db: ClientBase, key: IssueKey, now: Date): Promise<void> {
  const isAsked = (await undone(db, key)).some(({ work }) => work.kind === 'candidates');
  if (!isAsked && (await hasOffers(db, key))) await lookAtCandidates(db, [key], now.toISOString(), now);
}

// An issue's time moves with every comment and label: its text may well be the one we know, and nothing was missed.
const mayBeKnown = ({ event, payload }: Delivery): boolean => event === 'issues' && payload['action'] === 'edited';

// Not in the list may mean that the pages shifted: only who is asked for by itself and is not there is gone.
async function isGone(client: Octokit, { repository }: KnownIssue, id: string, signal: AbortSignal): Promise<boolean> {
  const [owner = '', repo = ''] = repository.split('/');
  try {
    await client.rest.issues.getComment({ owner, repo, comment_id: Number(id), request: { signal } });
    return false;
  } catch (error) {
    const { status } = readSetback(error, new Date());
    if (status === 404 || status === 410) return true;
    throw error;
  }
}

async function filterAsync<T>(all: readonly T[], holds: (one: T) => Promise<boolean>): Promise<T[]> {
  const kept: T[] = [];
  for (const one of all) if (await holds(one)) kept.push(one);
  return kept;
}

const later = ({ now, random = Math.random }: Rereading, ms: number): Date => new Date(now().getTime() + ms * (0.9 + random() / 5));
