import { failpoint } from '@doubloon/failpoints';
import { readSetback, type Octokit } from '../github.ts';
import type { Alone } from './in-turn.ts';
import { TooSoon } from './installation-pace.ts';
import { countAttempt, isReaction, markDone, type Intent } from './intent.ts';
import type { KnownIssue } from './issue-row.ts';
import { react } from './react.ts';
import type { Tending } from './tending.ts';

/** Anybody can write command after command: a quarter of what may be created is for our comments alone. */
const eyesShare = 0.75;
/** A sign that a command was read, or done, is for now: later our comment is one. */
const eyesWithinMs = 60_000;

/** GitHub not answering is no reason to leave it out; for how long it may not, there is no end. */
const mostAttempts = 6;

/** Resolves to when the rest of it may be shown: that holds back nothing else on the issue. */
export async function showRead(tending: Tending, octokit: Octokit, issue: KnownIssue, eyes: readonly Intent[], alone: Alone): Promise<Date | undefined> {
  const { pool, now } = tending;
  let again: Date | undefined;
  for (const intent of eyes) {
    try {
      const isDone = await alone(() => reactOnce(tending, octokit, issue, intent), eyesShare);
      // A second later, then two, then four …
      if (!isDone) again ??= new Date(now().getTime() + 1_000 * 2 ** intent.attempts);
    } catch (error) {
      if (!(error instanceof TooSoon)) throw error;
      if (error.notBefore.getTime() <= now().getTime() + eyesWithinMs) return error.notBefore;
      await markDone(pool, intent, now(), error.message);
    }
  }
  return again;
}

/** Resolves to whether there is nothing left to do. */
async function reactOnce({ pool, now, log }: Tending, octokit: Octokit, issue: KnownIssue, intent: Intent): Promise<boolean> {
  const { work, attempts } = intent;
  if (!isReaction(work)) return true;
  await countAttempt(pool, intent);
  failpoint('eyes-counted');
  let isUnanswered = false;
  const problem = await react(octokit, issue, work).then(() => undefined, (error: unknown) => {
    const { notBefore, isUnknown } = readSetback(error, now());
    if (notBefore !== undefined) throw error;
    isUnanswered = isUnknown;
    return error instanceof Error ? error.message : 'unknown reason';
  });
  if (isUnanswered && attempts + 1 < mostAttempts) return false;
  if (problem !== undefined) log.info({ repository: issue.repositoryId, issue: issue.issueId, problem }, 'a reaction could not be set');
  failpoint('eyes-set');
  await markDone(pool, intent, now(), problem);
  return true;
}
