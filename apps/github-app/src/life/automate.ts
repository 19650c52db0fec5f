import type { Pool } from 'pg';
import { isDoubloonError } from '@doubloon/errors';
import { failpoint } from '@doubloon/failpoints';
import type { IdentityClient, TreasuryClient } from '@doubloon/rpc';
import type { Logger } from '@doubloon/service';
import { readSetback, type Octokit } from '../github.ts';
import { alone } from '../issues/alone.ts';
import { holdInstallation, requireTurn, TooSoon } from '../issues/installation-pace.ts';
import { findIssue, wakeKnown, type KnownIssue } from '../issues/issue-row.ts';
import { readFacts } from './facts.ts';
import { keepFacts } from './facts-row.ts';
import { countTry, dueSteps, forgetStep, markStepDone, markTried, type DueStep } from './automatic-row.ts';
import { candidatesOf } from './candidate-row.ts';
import { lookAgain, stepsNow } from './tend-life.ts';

export interface Automating {
  readonly pool: Pool;
  readonly client: Pick<TreasuryClient, 'award' | 'cancel' | 'getBounty'>;
  readonly identity: Pick<IdentityClient, 'getRules'>;
  octokit(installation: number): Promise<Octokit>;
  /** The installation of an issue's repository, asked for when no delivery has named it. */
  findInstallation(issue: KnownIssue): Promise<string>;
  /** An issue was woken. */
  onWoken(): void;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Steps that are taken in one round at most. */
const batch = 20;
const backoff = { baseMs: 10_000, capMs: 3_600_000 };

/**
 * Takes the steps whose time has come. Before each GitHub is asked once more whether it still follows: what was told of the
 * issue, of its pull requests and of the rules proves nothing. Repeating one changes nothing: the treasury knows it by its
 * source. One process at a time.
 */
export async function automate(automating: Automating, signal: AbortSignal): Promise<void> {
  const { pool, now, log } = automating;
  await alone(pool, 'automatic', async () => {
    for (const step of await dueSteps(pool, now(), batch)) {
      if (signal.aborted) return;
      await countTry(pool, step, new Date(now().getTime() + Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.min(step.attempts, 20))));
      await take(automating, step).catch(async (error: unknown) => {
        await markTried(pool, step, error instanceof Error ? error.message : 'unknown reason');
        log[error instanceof TooSoon ? 'debug' : 'warn']({ repository: step.repositoryId, issue: step.issueId, kind: step.kind, attempts: step.attempts + 1, err: error }, 'a step could not be taken yet');
      });
    }
  }).catch((err: unknown) => { log.warn({ err }, 'steps that are due could not be taken'); });
}

async function take(automating: Automating, step: DueStep): Promise<void> {
  const { pool, now, log, onWoken } = automating;
  const before = await findIssue(pool, step);
  if (before === undefined || before.movedTo !== undefined || before.isDeleted) return void (await markStepDone(pool, step, now()));
  const installation = before.installationId ?? (await automating.findInstallation(before));
  await requireTurn(pool, installation, now());
  const octokit = await automating.octokit(Number(installation));
  const issue = await refresh(automating, octokit, before).catch(async (error: unknown) => {
    const { notBefore } = readSetback(error, now());
    if (notBefore !== undefined) await holdInstallation(pool, installation, notBefore);
    throw error;
  });
  const still = (await stepsNow(automating, issue)).find(({ kind, cause }) => kind === step.kind && cause === step.cause);
  if (still === undefined || still.dueAt > now()) {
    // Another look plans anew what follows now.
    log.info({ repository: step.repositoryId, issue: step.issueId, kind: step.kind }, 'something came between a step and its time');
    await forgetStep(pool, step);
    await wakeKnown(pool, step, now());
    return onWoken();
  }
  const sentence = await decide(automating, octokit, issue, step).catch((error: unknown) => {
    if (isDoubloonError(error, 'NOT_AUTHORIZED') && error.facts.reason !== tooSoon) return `${undone[step.kind]} ${error.facts.sentence}`;
    if (isDoubloonError(error, 'NOTHING_TO_DECIDE')) return undefined;
    throw error;
  });
  failpoint('step-taken');
  await markStepDone(pool, step, now(), sentence);
  log.info({ repository: step.repositoryId, issue: step.issueId, kind: step.kind, cause: step.cause, told: sentence }, 'a step was taken by itself');
  await wakeKnown(pool, step, now());
  onWoken();
}

/** The identity service counts from what it read itself: from the funding, when that came after the merge. */
const tooSoon = 'TOO_SOON';

const undone: Readonly<Record<DueStep['kind'], string>> = {
  award: 'The award that the rules of this repository make by themselves was not made.',
  cancel: 'The money was not sent back by itself after the issue was closed.',
};

/** The issue and its candidates as GitHub has them now. Rejects when they can't be read there. */
async function refresh({ pool, now }: Automating, octokit: Octokit, before: KnownIssue): Promise<KnownIssue> {
  const [owner = '', repo = ''] = before.repository.split('/');
  const { data } = await octokit.rest.issues.get({ owner, repo, issue_number: before.number });
  const facts = readFacts(data);
  if (String(data.id) !== before.issueId || facts === undefined) throw new Error('the issue is elsewhere');
  await keepFacts(pool, before, facts, now());
  if (!(await lookAgain(pool, octokit, before))) throw new Error('the issue is elsewhere');
  return { ...before, state: facts.state, stateReason: facts.stateReason, closedAt: facts.closedAt };
}

async function decide({ pool, client }: Automating, octokit: Octokit, issue: KnownIssue, step: DueStep): Promise<undefined> {
  const { repositoryId, issueId, number: issueNumber } = issue;
  const source = { repositoryId, issueId, issueNumber };
  if (step.kind === 'cancel') {
    await client.cancel({ source: { ...source, sourceKind: 'closing', sourceId: await lastClosing(octokit, issue) } });
    return;
  }
  const { author } = (await candidatesOf(pool, issue)).find(({ pullRequestId }) => pullRequestId === step.cause) ?? {};
  if (author === undefined) throw new Error('the pull request has no author any more');
  await client.award({ source: { ...source, sourceKind: 'pull-request', sourceId: step.cause }, shares: [{ githubId: author.id, bps: 10_000 }] });
}

/** The id of the event of the issue's last closing. */
async function lastClosing(octokit: Octokit, { repository, number }: KnownIssue): Promise<string> {
  const [owner = '', repo = ''] = repository.split('/');
  const events = await octokit.paginate(octokit.rest.issues.listEvents, { owner, repo, issue_number: number, per_page: 100 });
  const last = events.findLast(({ event }) => event === 'closed');
  if (last === undefined) throw new Error('GitHub knows of no closing of the issue');
  return String(last.id);
}
