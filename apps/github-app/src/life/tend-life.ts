import type { Pool } from 'pg';
import { failpoint } from '@doubloon/failpoints';
import { inTransaction } from '@doubloon/postgres';
import type { IdentityClient, TreasuryClient } from '@doubloon/rpc';
import { findInstallation, inTurn } from '../issues/in-turn.ts';
import { countAttempt, markDone, type Intent } from '../issues/intent.ts';
import type { KnownIssue } from '../issues/issue-row.ts';
import type { Tending } from '../issues/tending.ts';
import { isBeforeOurs } from '../reread/beginning-row.ts';
import { automaticSteps, mayFollow, type AutomaticStep } from './automatic.ts';
import { keepSteps } from './automatic-row.ts';
import { candidatesOf, keepCandidates } from './candidate-row.ts';
import { candidatesAmong, readClosers } from './pulls.ts';
import { tellTreasury } from './tell-treasury.ts';
import type { Octokit } from '../github.ts';

/**
 * Does what the life of an issue asks for beside its comment: the treasury hears what became of it, its candidates are read
 * again, and what will follow by itself is written down. None of it holds back the rest. Answers the first failure.
 */
export async function tendLife(tending: Tending, issue: KnownIssue, intents: readonly Intent[]): Promise<Error | undefined> {
  const failures: Error[] = [];
  for (const part of [tellTreasury, look, plan]) await part(tending, issue, intents).catch((error: unknown) => { failures.push(error instanceof Error ? error : new Error(String(error))); });
  return failures[0];
}

async function look(tending: Tending, issue: KnownIssue, intents: readonly Intent[]): Promise<void> {
  const asked = intents.filter(({ work }) => work.kind === 'candidates');
  if (asked.length === 0) return;
  for (const intent of asked) await countAttempt(tending.pool, intent);
  // A pull request is its own candidate for nothing: GitHub has no closing references to one.
  if (!issue.isPullRequest && !issue.isDeleted && issue.movedTo === undefined) {
    const installation = issue.installationId ?? (await findInstallation(tending, issue));
    await inTurn(tending, installation, async () => { await lookAgain(tending.pool, await tending.octokit(Number(installation)), issue); });
  }
  for (const intent of asked) await markDone(tending.pool, intent, tending.now());
}

/** Reads the candidates of an issue and keeps them. Answers false when the issue is elsewhere, or gone: then nothing is known of them. */
export async function lookAgain(pool: Pool, octokit: Octokit, issue: KnownIssue): Promise<boolean> {
  const pulls = await readClosers(octokit, issue);
  if (pulls === undefined) return false;
  failpoint('candidates-read');
  await inTransaction(pool, async (db) => { await keepCandidates(db, issue, candidatesAmong(pulls, await candidatesOf(db, issue))); });
  return true;
}

async function plan({ pool, client, identity }: Tending, issue: KnownIssue): Promise<void> {
  const steps = await stepsNow({ pool, client, identity }, issue);
  await inTransaction(pool, (db) => keepSteps(db, issue, steps));
}

/** What will follow by itself for an issue, from its money and rules as they are now. */
export async function stepsNow({ pool, client, identity }: { pool: Pool; client: Pick<TreasuryClient, 'getBounty'>; identity: Pick<IdentityClient, 'getRules'> }, issue: KnownIssue): Promise<AutomaticStep[]> {
  if (!mayFollow(issue) || (issue.closedAt !== undefined && (await isBeforeOurs(pool, issue.closedAt)))) return [];
  const { rules } = await identity.getRules({ repositoryId: issue.repositoryId });
  if (rules === undefined) return [];
  return automaticSteps(issue, await candidatesOf(pool, issue), await client.getBounty({ repositoryId: issue.repositoryId, issueId: issue.issueId }), rules);
}
