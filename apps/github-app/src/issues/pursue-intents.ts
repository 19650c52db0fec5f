import { isDoubloonError, type DoubloonError, type FailureCode } from '@doubloon/errors';
import { failpoint } from '@doubloon/failpoints';
import { withTrace } from '@doubloon/service';
import { pursueOffer } from '../commands/pursue-offer.ts';
import { addProblem, firstLater } from '../commands/source-row.ts';
import { countAttempt, markDone, markFailed, type Intent } from './intent.ts';
import type { KnownIssue } from './issue-row.ts';
import type { Tending } from './tending.ts';

const outages: readonly FailureCode[] = ['SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'UNAUTHENTICATED', 'FORBIDDEN'];

/**
 * Answers whether some of it waits for the chain, and the failure of what the treasury would not do now. Either holds back
 * only what its own source asks for after it. Rejects with an outage: it would meet all the rest as well.
 */
export async function pursueIntents({ pool, client, identity, denoms, now, log }: Tending, issue: KnownIssue, intents: readonly Intent[]): Promise<{ isWaiting: boolean; failure: DoubloonError | undefined }> {
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
