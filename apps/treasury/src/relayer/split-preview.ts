import { parseGitHubId } from '@doubloon/domain';
import { DoubloonError } from '@doubloon/errors';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import { depositsOfBounty } from '../deposits/deposit-row.ts';
import type { Treasury } from '../treasury.ts';
import { readShares, splitView } from './split.ts';
import { untouched } from './touchable.ts';

/** What everybody would get of each deposit that is not over, to the last base unit, and why one can't be awarded so. REQUEST_INVALID. */
export async function splitPreview({ pool, facts }: Pick<Treasury, 'pool' | 'facts'>, request: treasury.SplitPreviewRequest): Promise<MessageInitShape<typeof treasury.SplitPreviewResponseSchema>> {
  const shares = readShares(request.shares);
  if (parseGitHubId(request.repositoryId) === undefined || parseGitHubId(request.issueId) === undefined) throw new DoubloonError('REQUEST_INVALID', { problem: 'repositoryId and issueId are no numeric ids' });
  const time = facts.current().time();
  const rows = (await depositsOfBounty(pool, request)).filter(({ state }) => state === 'held' || state === 'awarded');
  return { deposits: rows.map((row) => splitView(row, shares, untouched('award', row, { time, shares }))) };
}
