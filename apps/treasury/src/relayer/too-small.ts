import { shareAmounts, type Deposit } from '@doubloon/escrow';
import type { Relaying } from './context.ts';
import type { IntentRow } from './intent-row.ts';

/**
 * Why the relayer leaves something to others that would come by itself, fit to show: the repository asks for more than this.
 * What somebody decided is carried out whatever its amount; a token account is opened for a share that is worth it.
 */
export async function tooSmall({ minimumOf }: Pick<Relaying, 'minimumOf'>, intent: IntentRow, deposit: Deposit | undefined, { opens }: { opens?: unknown }): Promise<string | undefined> {
  if (intent.decision !== null || deposit === undefined) return undefined;
  const minimum = await minimumOf(deposit.repositoryId, deposit.mint);
  if (minimum === undefined) return undefined;
  if (deposit.amount < minimum) return 'The deposit is smaller than what its repository asks for: anybody can do this themselves.';
  const share = shareAmounts(deposit.amount, deposit.award?.shares.map(({ bps }) => bps) ?? [10_000])[intent.share ?? 0] ?? 0n;
  return opens !== undefined && share < minimum ? 'The share is smaller than what its repository asks for: whoever is to be paid has to open the token account themselves.' : undefined;
}
