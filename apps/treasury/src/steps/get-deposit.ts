import type { Pool } from 'pg';
import { isDoubloonError, type FailureCode } from '@doubloon/errors';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import { depositView } from '../deposits/deposit-view.ts';
import type { Treasury } from '../treasury.ts';
import { existingDeposit } from './build-step.ts';
import { possibleSteps } from './judge-step.ts';
import { readDeposit } from './read-deposit.ts';
import { newestStep, stepSubmission } from './step-row.ts';
import { stepView } from './step-view.ts';

const issue = 'select repository_id, issue_id, repository, number, title, url from bounty where repository_id = $1 and issue_id = $2';
// What is known here is shown all the same.
const ofTheNode: readonly FailureCode[] = ['CHAIN_UNAVAILABLE', 'CHAIN_ANSWER_MALFORMED', 'GENESIS_MISMATCH'];

/** One deposit with the issue that it is for, and what can be done with it now by the chain. DEPOSIT_ABSENT. */
export async function getDeposit(context: Treasury, { deposit: address }: { deposit: string }): Promise<MessageInitShape<typeof treasury.GetDepositResponseSchema>> {
  const { pool, cluster, log } = context;
  const row = await existingDeposit(pool, address);
  const reading = readDeposit(context, row).then(({ facts, identities }) => possibleSteps(facts, identities), (err: unknown) => {
    if (!ofTheNode.some((code) => isDoubloonError(err, code))) throw err;
    log.info({ err, deposit: address }, 'the chain could not be asked what can be done with a deposit');
    return undefined;
  });
  const [steps, submitted, of] = await Promise.all([reading, newestStep(pool, row.address), issueOf(pool, row)]);
  return {
    deposit: depositView(row, context), cluster, ...(of === undefined ? {} : { issue: of }),
    steps: (steps ?? []).map(({ step, share, by }) => ({ step: stepView(step), share, by: [...by] })), stepsUnknown: steps === undefined,
    ...(submitted === undefined ? {} : { submission: stepSubmission(submitted), submittedStep: stepView(submitted.step), submittedShare: submitted.share ?? 0 }),
  };
}

async function issueOf(pool: Pool, { repository_id: repositoryId, issue_id: issueId }: { repository_id: string; issue_id: string }): Promise<MessageInitShape<typeof treasury.IssueSchema> | undefined> {
  const { rows: [row] } = await pool.query<{ repository: string; number: number; title: string; url: string }>(issue, [repositoryId, issueId]);
  return row && { repositoryId, issueId, ...row };
}
