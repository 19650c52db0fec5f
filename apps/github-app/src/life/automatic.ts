import { treasury } from '@doubloon/rpc';
import type { KnownIssue } from '../issues/issue-row.ts';
import type { Candidate } from './candidate-row.ts';

/** Something that is done by itself when its time has come, unless something comes between. */
export interface AutomaticStep {
  readonly kind: 'award' | 'cancel';
  /** What it follows from: the id of the pull request that was merged, or the time at which the issue was closed. */
  readonly cause: string;
  readonly dueAt: Date;
}

/** What was closed as not planned, or as a duplicate, is cancelled so long after that, in milliseconds: who disagrees has the time to reopen it. */
export const cancelAfterMs = 72 * 3_600_000;

const notPlanned: readonly (string | undefined)[] = ['not_planned', 'duplicate'];

/**
 * What will be done by itself for an issue, as things stand. At most one of two: money goes back when the issue was closed as
 * not planned and nothing was merged for it; it goes to the author of the one merged pull request when the repository's rules
 * say so, the issue was closed as completed, and nobody has decided otherwise. An issue that came from elsewhere is awarded
 * by people only.
 */
export function automaticSteps(
  issue: Pick<KnownIssue, 'repositoryId' | 'state' | 'stateReason' | 'closedAt' | 'isDeleted' | 'movedTo' | 'movedFrom'>, candidates: readonly Candidate[],
  { deposits, decisions }: Pick<treasury.GetBountyResponse, 'deposits' | 'decisions'>, rules: { readonly autoAwardAfterSeconds: number; readonly shadow: boolean },
): AutomaticStep[] {
  const isHeld = deposits.some(({ state }) => state === treasury.DepositState.HELD);
  if (issue.isDeleted || issue.movedTo !== undefined || issue.state !== 'closed' || issue.closedAt === undefined || !isHeld || rules.shadow) return [];
  const merged = candidates.filter(({ state }) => state === 'merged');
  if (notPlanned.includes(issue.stateReason)) return merged.length === 0 ? [{ kind: 'cancel', cause: issue.closedAt.toISOString(), dueAt: new Date(issue.closedAt.getTime() + cancelAfterMs) }] : [];

  const [only] = merged;
  const isDecided = decisions.length > 0 || deposits.some(({ state, vetoed }) => vetoed || state !== treasury.DepositState.HELD);
  // The rules of a repository bind what was merged there.
  const isByItself = rules.autoAwardAfterSeconds > 0 && issue.movedFrom === undefined && only?.repositoryId === issue.repositoryId;
  if (!isByItself || only.author === undefined || only.mergedAt === undefined || merged.length > 1 || isDecided) return [];
  return [{ kind: 'award', cause: only.pullRequestId, dueAt: new Date(only.mergedAt.getTime() + rules.autoAwardAfterSeconds * 1_000) }];
}

/** Whether anything could follow from where an issue stands: only then are its money and its rules worth asking for. */
export const mayFollow = ({ state, isDeleted, movedTo }: Pick<KnownIssue, 'state' | 'isDeleted' | 'movedTo'>): boolean => state === 'closed' && !isDeleted && movedTo === undefined;
