import { formatAmount, parseGitHubId } from '@doubloon/domain';
import { DoubloonError } from '@doubloon/errors';
import { minimumAmount, shareAmounts } from '@doubloon/escrow';
import type { MessageInitShape, treasury } from '@doubloon/rpc';
import type { DepositRow } from '../deposits/deposit-row.ts';

export interface Share {
  readonly githubId: string;
  readonly bps: number;
}

const mostShares = 8;
const whole = 10_000;

/** Shares as the program takes them. REQUEST_INVALID. */
export function readShares(shares: readonly Share[]): Share[] {
  const invalid = (problem: string) => new DoubloonError('REQUEST_INVALID', { problem });
  if (shares.length === 0 || shares.length > mostShares) throw invalid(`an award has 1 to ${String(mostShares)} shares`);
  if (shares.some(({ githubId }) => parseGitHubId(githubId) === undefined)) throw invalid('a share is for no numeric id of GitHub');
  if (new Set(shares.map(({ githubId }) => githubId)).size !== shares.length) throw invalid('somebody has two shares');
  if (shares.some(({ bps }) => !Number.isInteger(bps) || bps < 1) || shares.reduce((sum, { bps }) => sum + bps, 0) !== whole) throw invalid('the shares do not add up to 10,000 basis points');
  return shares.map(({ githubId, bps }) => ({ githubId, bps }));
}

/** The smallest share that the program takes of a deposit: in SOL what keeps an empty account alive, of a token one base unit. */
const smallest = ({ mint }: DepositRow): bigint => (mint === null ? minimumAmount(0n) : 1n);

/** Base units of each share, and why the program would not take them. */
export function split(row: DepositRow, shares: readonly Share[]): { amounts: readonly bigint[]; problem: string | undefined } {
  const amounts = shareAmounts(BigInt(row.amount), shares.map(({ bps }) => bps));
  // The program compares without what rounding leaves to the first.
  const isTooSmall = shares.some(({ bps }) => (BigInt(row.amount) * BigInt(bps)) / BigInt(whole) < smallest(row));
  return { amounts, problem: isTooSmall ? `A share of it is smaller than the ${formatAmount(smallest(row), row.decimals)} ${row.denom} that can always be paid out.` : undefined };
}

/** The same as it crosses the border. */
export function splitView(row: DepositRow, shares: readonly Share[], because?: string): MessageInitShape<typeof treasury.DepositSplitSchema> {
  const { amounts, problem } = split(row, shares);
  return {
    deposit: row.address, denom: row.denom, decimals: row.decimals, problem: because ?? problem ?? '',
    shares: shares.map(({ githubId, bps }, index) => ({ githubId, bps, amount: String(amounts[index]), text: formatAmount(amounts[index] ?? 0n, row.decimals) })),
  };
}
