import type { Pool } from 'pg';
import { isDoubloonError, type DoubloonError, type FailureCode } from '@doubloon/errors';
import { failpoint } from '@doubloon/failpoints';
import { withTrace, type Logger } from '@doubloon/service';
import type { IdentityClient, TreasuryClient } from '@doubloon/rpc';
import { readSetback, type Octokit, type Refusal } from '../github.ts';
import { createAlone, holdInstallation, requireTurn, TooSoon } from './installation-pace.ts';
import { countAttempt, markDone, markFailed, undone, type Intent } from './intent.ts';
import { findIssue, keepInstallation, type IssueKey, type KnownIssue } from './issue-row.ts';
import { isWorthSaying, moneyState, renderLivingComment } from '../living-comment/living-comment.ts';
import { pursueOffer } from '../commands/pursue-offer.ts';
import { react } from './react.ts';
import { removeSecond } from '../living-comment/remove-second.ts';
import { addProblem, firstLater, problemsOf } from '../commands/source-row.ts';
import { writeLivingComment, type WrittenComment, type Writing } from '../living-comment/write-living-comment.ts';

export interface Tending {
  readonly pool: Pool;
  readonly client: TreasuryClient;
  /** Knows the rules of repositories; without it there are none. */
  readonly identity: Pick<IdentityClient, 'authorize'>;
  readonly denoms: ReadonlyMap<string, number>;
  readonly appId: string;
  readonly now: () => Date;
  readonly log: Logger;
  /** A client that acts as an installation, or as the App itself. */
  octokit(installationId?: number): Promise<Octokit>;
  readonly onWrite?: Writing['onWrite'];
  readonly onRefusal?: (refusal: Refusal) => void;
}

const outages: readonly FailureCode[] = ['SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'UNAUTHENTICATED', 'FORBIDDEN'];

/** Anybody can write command after command: a quarter of what may be created is for our comments alone. */
const eyesShare = 0.75;
/** A sign that a command was read is for now: later our comment is one. */
const eyesWithinMs = 60_000;

/** How long to wait for the chain to decide about a signed transaction, when no event says so before. */
const chainMs = 15_000;

/**
 * Does what is written down for an issue and makes its living comment true. Resolves to when it has to be looked at again
 * for a reason of its own. Rejects when something could not be done now; doing it all again is harmless.
 */
export async function tendIssue(tending: Tending, key: IssueKey): Promise<Date | undefined> {
  const { pool } = tending;
  const issue = await findIssue(pool, key);
  if (issue === undefined) return undefined;
  const intents = await undone(pool, key);
  const { isWaiting, failure } = await pursueAll(tending, issue, intents);
  failpoint('intents-done');
  const again = await tell(tending, issue, intents, isWaiting);
  if (failure !== undefined) throw failure;
  return again;
}

async function tell(tending: Tending, issue: KnownIssue, intents: readonly Intent[], isWaiting: boolean): Promise<Date | undefined> {
  const { pool, client, now } = tending;
  const key: IssueKey = issue;

  const bounty = await client.getBounty(key);
  failpoint('bounty-read');
  const own = { problems: await problemsOf(pool, key), help: issue.help };
  const row = await readRow(pool, key);
  const again = isWaiting ? new Date(now().getTime() + chainMs) : undefined;
  const eyes = intents.filter(({ work }) => work.kind === 'eyes');
  const isSaid = row !== undefined && (row.commentId !== undefined || isWorthSaying(bounty, own));
  if (issue.isDeleted || (!isSaid && eyes.length === 0)) return again;

  const installation = issue.installationId ?? (await findInstallation(tending, issue));
  return inTurn(tending, installation, async (alone) => {
    const octokit = await tending.octokit(Number(installation));
    const earliest = isSaid ? await writeLivingComment({ ...tending, octokit, createAlone: alone }, issue, row, { text: renderLivingComment(bounty, own), money: moneyState(bounty) }) : undefined;
    for (const intent of intents) await removeIfSecond(tending, octokit, issue, intent);
    const times = [earliest ?? again, await showRead(tending, octokit, issue, eyes, alone)].filter((one) => one !== undefined);
    return times.length === 0 ? undefined : new Date(Math.min(...times.map(Number)));
  });
}

/** Resolves to when the rest of it may be shown: that holds back nothing else on the issue. */
async function showRead(tending: Tending, octokit: Octokit, issue: KnownIssue, eyes: readonly Intent[], alone: Alone): Promise<Date | undefined> {
  const { pool, now } = tending;
  for (const intent of eyes) {
    try {
      await alone(() => reactOnce(tending, octokit, issue, intent), eyesShare);
    } catch (error) {
      if (!(error instanceof TooSoon)) throw error;
      if (error.notBefore.getTime() <= now().getTime() + eyesWithinMs) return error.notBefore;
      await markDone(pool, intent, now(), error.message);
    }
  }
  return undefined;
}

/** Creates something when it is its turn, of which there is this share. */
type Alone = <T>(create: () => Promise<T>, share?: number) => Promise<T>;

/** Does something at GitHub for an installation, at its pace; a limit that GitHub tells of holds for all that is done there. */
async function inTurn<T>({ pool, now, onRefusal }: Tending, installation: string, work: (alone: Alone) => Promise<T>): Promise<T> {
  const holding = <U>(call: () => Promise<U>): Promise<U> => call().catch(async (error: unknown) => {
    const { notBefore } = readSetback(error, now());
    if (notBefore !== undefined && !(error instanceof TooSoon)) await holdInstallation(pool, installation, notBefore);
    throw error;
  });
  await requireTurn(pool, installation, now());
  try {
    // Held before the next one may create: it would only run into the same limit.
    return await holding(() => work((create, share) => createAlone(pool, installation, now, () => holding(create), share)));
  } catch (error) {
    const { refusal } = readSetback(error, now());
    if (refusal !== undefined) onRefusal?.(refusal);
    throw error;
  }
}

/** Asks which installation a repository belongs to, and keeps it. */
export async function findInstallation({ pool, octokit }: Pick<Tending, 'pool' | 'octokit'>, { repositoryId, repository }: KnownIssue): Promise<string> {
  const [owner = '', repo = ''] = repository.split('/');
  const { data } = await (await octokit()).rest.apps.getRepoInstallation({ owner, repo });
  await keepInstallation(pool, repositoryId, String(data.id));
  return String(data.id);
}

/**
 * Answers whether some of it waits for the chain, and the failure of what the treasury would not do now. Either holds back
 * only what its own source asks for after it. Rejects with an outage: it would meet all the rest as well.
 */
async function pursueAll({ pool, client, identity, denoms, now, log }: Tending, issue: KnownIssue, intents: readonly Intent[]): Promise<{ isWaiting: boolean; failure: DoubloonError | undefined }> {
  const held = new Set<string>();
  let isWaiting = false;
  let failure: DoubloonError | undefined;
  for (const intent of intents) {
    const { work } = intent;
    if (!('offer' in work)) continue;
    const source = `${work.offer.sourceKind}/${work.offer.sourceId}`;
    if (held.has(source)) continue;
    await countAttempt(pool, intent);
    failpoint('intent-counted');
    const outcome = await withTrace(intent.traceparent, () => pursueOffer({ pool, client, identity, denoms }, issue, work)).catch(async (error: unknown) => {
      await markFailed(pool, intent, error instanceof Error ? error.message : 'unknown reason');
      if (!isDoubloonError(error) || outages.includes(error.code)) throw error;
      return error;
    });
    if (outcome === 'waits' || outcome instanceof Error) {
      held.add(source);
      if (outcome === 'waits') isWaiting = true;
      else failure ??= outcome;
    } else if (outcome === 'done') {
      failpoint('intent-pursued');
      await markDone(pool, intent, now());
    } else {
      const offer = work.kind === 'replace' ? work.by : work.offer;
      log.info({ repository: issue.repositoryId, issue: issue.issueId, told: outcome.told }, 'there is something to tell about an offer');
      await addProblem(pool, issue, offer.sourceKind, offer.sourceId, firstLater + Number(intent.position), outcome.told);
      failpoint('problem-told');
      await markDone(pool, intent, now(), outcome.told);
    }
  }
  return { isWaiting, failure };
}

async function removeIfSecond({ pool, appId, now, log, onWrite }: Tending, octokit: Octokit, issue: KnownIssue, intent: Intent): Promise<void> {
  const { work } = intent;
  if (work.kind !== 'second') return;
  const row = await readRow(pool, issue);
  // Whichever is the first is not decided yet.
  if (row?.commentId === undefined && row?.givenUp === undefined) return;
  if (row.commentId !== work.commentId && (await removeSecond(octokit, issue, appId, work.commentId))) {
    log.warn({ repository: issue.repositoryId, issue: issue.issueId, comment: work.commentId }, 'a second living comment was removed');
    onWrite?.('removed');
  }
  await markDone(pool, intent, now());
}

async function reactOnce({ pool, now, log }: Tending, octokit: Octokit, issue: KnownIssue, intent: Intent): Promise<void> {
  const { work } = intent;
  if (work.kind !== 'eyes') return;
  await countAttempt(pool, intent);
  failpoint('eyes-counted');
  const problem = await react(octokit, issue, work).then(() => undefined, (error: unknown) => {
    if (readSetback(error, now()).notBefore !== undefined) throw error;
    return error instanceof Error ? error.message : 'unknown reason';
  });
  if (problem !== undefined) log.info({ repository: issue.repositoryId, issue: issue.issueId, problem }, 'a reaction could not be set');
  failpoint('eyes-set');
  await markDone(pool, intent, now(), problem);
}

interface Stored { comment_id: string | null; hash: string | null; money: string | null; written_at: Date | null; quiet_at: Date[]; recreated: number; given_up: string | null }

const read = 'select comment_id, hash, money, written_at, quiet_at, recreated, given_up from living_comment where repository_id = $1 and issue_id = $2';

async function readRow(pool: Pool, { repositoryId, issueId }: IssueKey): Promise<WrittenComment | undefined> {
  const { rows: [row] } = await pool.query<Stored>(read, [repositoryId, issueId]);
  return row && {
    commentId: row.comment_id ?? undefined, hash: row.hash ?? undefined, money: row.money ?? undefined, writtenAt: row.written_at ?? undefined,
    quietAt: row.quiet_at, recreated: row.recreated, givenUp: row.given_up ?? undefined,
  };
}
