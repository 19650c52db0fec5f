import type { Pool } from 'pg';
import { failpoint } from '@doubloon/failpoints';
import { treasury } from '@doubloon/rpc';
import { readSetback, type Octokit } from '../github.ts';
import type { IssueKey, KnownIssue } from './issue-row.ts';

/** Labels that we set, with what a repository without them gets. */
export const labels = {
  'bounty': { color: '0e8a16', description: 'Money is in escrow for whoever solves this' },
  'bounty: paid': { color: '5319e7', description: 'Money was in escrow for this, and was paid out' },
} as const;
export type Label = keyof typeof labels;

const { DepositState } = treasury;

/** The label that says where the money of an issue stands. It only ever follows the money, which never follows a label. */
export function labelOf(deposits: readonly Pick<treasury.Deposit, 'state'>[]): Label | undefined {
  const has = (...states: treasury.DepositState[]) => deposits.some(({ state }) => states.includes(state));
  if (has(DepositState.HELD, DepositState.AWARDED)) return 'bounty';
  return has(DepositState.PAID) ? 'bounty: paid' : undefined;
}

/** The label that we set there last: `undefined` for none. */
export async function labelSet(db: Pick<Pool, 'query'>, { repositoryId, issueId }: IssueKey): Promise<Label | undefined> {
  const { rows: [row] } = await db.query<{ label: Label | null }>('select label from issue where repository_id = $1 and id = $2', [repositoryId, issueId]);
  return row?.label ?? undefined;
}

/**
 * Sets a label in the place of the one that was set last, and keeps that. What somebody else did with labels stays as it is
 * until the money moves on. May be repeated. Rejects with what GitHub's client threw.
 */
export async function setLabel(pool: Pool, octokit: Octokit, issue: KnownIssue, { from, to }: { from: Label | undefined; to: Label | undefined }): Promise<void> {
  const [owner = '', repo = ''] = issue.repository.split('/');
  const at = { owner, repo, issue_number: issue.number };
  if (to !== undefined) {
    await createMissing(octokit, { owner, repo }, to);
    await octokit.rest.issues.addLabels({ ...at, labels: [to] });
  }
  // Somebody took it off already: that is what is wanted.
  if (from !== undefined) await octokit.rest.issues.removeLabel({ ...at, name: from }).catch(unless('missing'));
  failpoint('label-set');
  await pool.query('update issue set label = $3 where repository_id = $1 and id = $2', [issue.repositoryId, issue.issueId, to ?? null]);
}

// GitHub makes a label that an issue is given, in grey and without a word about it. One that is there keeps its looks.
async function createMissing(octokit: Octokit, repository: { owner: string; repo: string }, name: Label): Promise<void> {
  const isThere = await octokit.rest.issues.getLabel({ ...repository, name }).then(() => true, unless('missing'));
  if (isThere !== true) await octokit.rest.issues.createLabel({ ...repository, name, ...labels[name] }).catch(unless('invalid'));
}

const unless = (expected: 'missing' | 'invalid') => (error: unknown): undefined => {
  if (readSetback(error, new Date()).refusal !== expected) throw error;
  return undefined;
};
