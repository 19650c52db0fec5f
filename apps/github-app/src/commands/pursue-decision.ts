import type { ClientBase } from 'pg';
import { DoubloonError, isDoubloonError } from '@doubloon/errors';
import { failpoint } from '@doubloon/failpoints';
import { inTransaction } from '@doubloon/postgres';
import { treasury } from '@doubloon/rpc';
import { findInstallation, inTurn } from '../issues/in-turn.ts';
import { intend, isAwardBefore, markDone, type DecisionWork, type Intent } from '../issues/intent.ts';
import type { KnownIssue } from '../issues/issue-row.ts';
import type { Tending } from '../issues/tending.ts';
import { inCode, link } from '../living-comment/markdown.ts';
import { notReached, otherWay, type Taken } from './decision-told.ts';
import { forgetNamed, keepNamed, namedBy, type NamedAwardee } from './named-awardee-row.ts';
import { readAwardees } from './read-awardees.ts';
import { addCommandProblem, findSource, firstLater, forgetTries, type SourceRow } from './source-row.ts';

export const commandOutcomes = ['done', 'partly', 'failed', 'refused', 'ignored'] as const;

/** How a command ended, and what there is to tell about it. */
export interface End {
  readonly outcome: (typeof commandOutcomes)[number];
  readonly told: readonly string[];
}
type Refused = { readonly why: string; readonly reason: string | undefined };

const { IntentState } = treasury;

/** Copies of GitHub may not show a text yet that is younger than this. */
const settleMs = 60_000;
/** How soon to ask the treasury again what became of a decision, when no event says so before: the longer it takes, the rarer. */
const lookMs = { least: 2_000, most: 900_000 };

/**
 * Has the treasury decide what a comment says, and keeps what became of that. Resolves to when it has to be asked again, or
 * to nothing when it is over. Whom an award names is settled once, before anybody is asked. Every step may be repeated.
 */
export async function pursueDecision(tending: Tending, issue: KnownIssue, intent: Intent, work: DecisionWork): Promise<Date | undefined> {
  const { pool, client, now } = tending;
  const source = await findSource(pool, work.sourceKind, work.sourceId);
  // Who deletes a command that nobody has heard of yet takes it back.
  if (source === undefined || source.isDeleted) return keepEnd(tending, issue, intent, work, { outcome: 'ignored', told: [] });
  const answer = await ask(tending, issue, work, source);
  // A veto of an award that the treasury has not heard of yet is no veto of nothing.
  if ('why' in answer && work.action === 'veto' && answer.reason === undefined && (await isAwardBefore(pool, issue, intent))) return new Date(now().getTime() + lookMs.least);
  const bounty = await client.getBounty(issue);
  if ('why' in answer) {
    return keepEnd(tending, issue, intent, work, endOfRefused(work, answer, bounty), answer.reason !== 'SHADOW_MODE');
  }
  const { intents, decidedAt } = answer.decision;
  if (intents.some(({ state }) => state === IntentState.WAITING)) {
    const ageMs = now().getTime() - Date.parse(decidedAt);
    return new Date(now().getTime() + Math.min(lookMs.most, Math.max(lookMs.least, ageMs / 2)));
  }
  const isAny = intents.some(({ state }) => state === IntentState.DONE);
  const told = notReached(work.action, answer, bounty);
  return keepEnd(tending, issue, intent, work, { outcome: !isAny ? 'failed' : told.length > 0 ? 'partly' : 'done', told });
}

function endOfRefused(work: DecisionWork, { why, reason }: Refused, bounty: treasury.GetBountyResponse): End {
  if (bounty.offers.length === 0) return { outcome: 'ignored', told: [] };
  const isAllThatWasMeant = work.action === 'cancel' && work.withdrew && (reason === undefined || reason === 'NOT_A_MAINTAINER');
  return isAllThatWasMeant ? { outcome: 'done', told: [] } : { outcome: 'refused', told: [`${why}${otherWay(work.action, reason, bounty)}`] };
}

/** What the treasury decided, or why nothing is decided. Rejects with what may pass. */
async function ask(tending: Tending, issue: KnownIssue, work: DecisionWork, { updatedAt }: SourceRow): Promise<Taken | Refused> {
  const { client, now } = tending;
  const { repositoryId, issueId, number: issueNumber } = issue;
  const { action, sourceKind, sourceId } = work;
  const source = { repositoryId, issueId, issueNumber, sourceKind, sourceId };
  try {
    const named = action === 'award' ? await settleNamed(tending, issue, work) : [];
    if ('told' in named) return { why: named.told, reason: 'AWARDEE' };
    const { decision, untouched } = await (action === 'award' ? client.award({ source, shares: named.map(({ githubId, bps }) => ({ githubId, bps })) }) : client[action]({ source }));
    if (decision === undefined) throw new DoubloonError('SERVICE_UNAVAILABLE', { service: 'treasury' });
    return { decision, untouched };
  } catch (error) {
    if (isDoubloonError(error, 'NOT_AUTHORIZED')) {
      const isYoung = now().getTime() - updatedAt.getTime() < settleMs;
      if (error.facts.reason === 'SOURCE_GONE' && isYoung) throw new DoubloonError('GITHUB_UNAVAILABLE', { call: 'the text as it was told' }, { cause: error });
      return { why: error.facts.sentence, reason: error.facts.reason };
    }
    if (isDoubloonError(error, 'NOTHING_TO_DECIDE')) return { why: error.message, reason: undefined };
    if (isDoubloonError(error, 'REQUEST_INVALID')) return { why: error.message, reason: error.code };
    throw error;
  }
}

/** Whom an award names: as it was kept first, or as GitHub says now, which is kept before anybody is told. */
async function settleNamed(tending: Tending, issue: KnownIssue, work: Extract<DecisionWork, { action: 'award' }>): Promise<readonly NamedAwardee[] | { readonly told: string }> {
  const { pool } = tending;
  const before = await namedBy(pool, work);
  if (before.length > 0) return before;
  const installation = issue.installationId ?? (await findInstallation(tending, issue));
  const named = await inTurn(tending, installation, async () => readAwardees(await tending.octokit(Number(installation)), issue.repository, work.award));
  if ('told' in named) return named;
  await keepNamed(pool, work, named);
  failpoint('awardees-kept');
  return named;
}

async function keepEnd(tending: Tending, issue: KnownIssue, intent: Intent, work: DecisionWork, { outcome, told }: End, isShown = true): Promise<undefined> {
  const { pool, now, log, onCommand } = tending;
  const { action, sourceKind, sourceId } = work;
  failpoint('decision-ended');
  await inTransaction(pool, async (db: ClientBase) => {
    const isDone = outcome === 'done' || outcome === 'partly';
    if (isDone) await forgetTries(db, issue, action);
    else if (action === 'award') await forgetNamed(db, work);
    if (told.length > 0) {
      const url = (await findSource(db, sourceKind, sourceId))?.url ?? '';
      await addCommandProblem(db, issue, action, work, firstLater + Number(intent.position), `${inCode(`/${action}`)} ${link('here', url)}: ${told.join(' ')}`);
    }
    if (outcome !== 'ignored' && isShown) await intend(db, issue, `answer ${sourceKind}/${sourceId}/${action}`, [{ kind: 'answer', sourceKind, sourceId, content: isDone ? '+1' : 'confused' }]);
    await markDone(db, intent, now(), told.length > 0 ? told.join(' ') : undefined);
  });
  failpoint('decision-told');
  onCommand?.(action, outcome);
  log.info({ repository: issue.repositoryId, issue: issue.issueId, action, source: `${sourceKind}/${sourceId}`, outcome, told }, 'a command has ended');
  return undefined;
}
