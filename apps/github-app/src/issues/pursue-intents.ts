import { isDoubloonError, type FailureCode } from '@doubloon/errors';
import { failpoint } from '@doubloon/failpoints';
import { withTrace } from '@doubloon/service';
import { pursueDecision } from '../commands/pursue-decision.ts';
import { pursueOffer } from '../commands/pursue-offer.ts';
import { addProblem, firstLater } from '../commands/source-row.ts';
import { countAttempt, markDone, markFailed, type Intent, type OfferWork, type Work } from './intent.ts';
import { TooSoon } from './installation-pace.ts';
import type { KnownIssue } from './issue-row.ts';
import type { Tending } from './tending.ts';

const outages: readonly FailureCode[] = ['SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'UNAUTHENTICATED', 'FORBIDDEN'];

/** How long to wait for the chain to decide about a signed transaction, when no event says so before. */
const chainMs = 15_000;

/**
 * Answers when some of it has to be looked at again, and the failure of what the treasury or GitHub would not do now. Either
 * holds back only what its own source asks for after it. Rejects with an outage: it would meet all the rest as well.
 */
export async function pursueIntents(tending: Tending, issue: KnownIssue, intents: readonly Intent[]): Promise<{ again: Date | undefined; failure: Error | undefined }> {
  const { pool } = tending;
  const held = new Set<string>();
  const times: Date[] = [];
  let failure: Error | undefined;
  for (const intent of intents) {
    const source = sourceOf(intent.work);
    if (source === undefined || held.has(source)) continue;
    await countAttempt(pool, intent);
    failpoint('intent-counted');
    const outcome = await withTrace(intent.traceparent, () => pursue(tending, issue, intent)).catch(async (error: unknown) => {
      await markFailed(pool, intent, error instanceof Error ? error.message : 'unknown reason');
      if (isItsOwn(error)) return error;
      throw error;
    });
    if (outcome === undefined) continue;
    held.add(source);
    if (outcome instanceof Error) failure ??= outcome;
    else times.push(outcome);
  }
  return { again: times.length === 0 ? undefined : new Date(Math.min(...times.map(Number))), failure };
}

/** The text that asks for it; what no text asks for, or is only shown, is not pursued here. */
function sourceOf(work: Work): string | undefined {
  if ('offer' in work) return `${work.offer.sourceKind}/${work.offer.sourceId}`;
  return work.kind === 'decide' ? `${work.sourceKind}/${work.sourceId}` : undefined;
}

/** Whether a failure says nothing about what other texts ask for. */
const isItsOwn = (error: unknown): error is Error =>
  isDoubloonError(error) ? !outages.includes(error.code) : error instanceof TooSoon || (error instanceof Error && error.name === 'HttpError');

/** Resolves to when it has to be looked at again, or to nothing when it is done. */
async function pursue(tending: Tending, issue: KnownIssue, intent: Intent): Promise<Date | undefined> {
  const { work } = intent;
  if ('offer' in work) return pursueOfferOf(tending, issue, intent, work);
  return work.kind === 'decide' ? pursueDecision(tending, issue, intent, work) : undefined;
}

async function pursueOfferOf({ pool, client, identity, denoms, now, log }: Tending, issue: KnownIssue, intent: Intent, work: OfferWork): Promise<Date | undefined> {
  const outcome = await pursueOffer({ pool, client, identity, denoms }, issue, work);
  if (outcome === 'waits') return new Date(now().getTime() + chainMs);
  if (outcome === 'done') {
    failpoint('intent-pursued');
    await markDone(pool, intent, now());
    return undefined;
  }
  const offer = work.kind === 'replace' ? work.by : work.offer;
  log.info({ repository: issue.repositoryId, issue: issue.issueId, told: outcome.told }, 'there is something to tell about an offer');
  await addProblem(pool, issue, offer.sourceKind, offer.sourceId, firstLater + Number(intent.position), outcome.told);
  failpoint('problem-told');
  await markDone(pool, intent, now(), outcome.told);
  return undefined;
}
