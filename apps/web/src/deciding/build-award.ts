import { DoubloonError, isDoubloonError } from '@doubloon/errors';
import type { TreasuryClient } from '@doubloon/rpc';
import { getBounty } from './get-bounty.ts';
import type { BuiltAward } from './split-view.ts';
import { toAwardTermsView } from './to-view.ts';

interface Asked {
  readonly deposit: string;
  readonly wallet: string;
  readonly shares: readonly { readonly githubId: string; readonly bps: number }[];
  /** Numeric id of whoever is signed in. */
  readonly actorId: string | undefined;
}

/** Why this instance does not sign with a wallet, fit to show; undefined for what is no answer to that. */
function whyAlone(error: unknown): string | undefined {
  if (isDoubloonError(error, 'NOT_AUTHORIZED')) return `This instance does not sign with you: ${error.facts.sentence}`;
  const isAway = isDoubloonError(error, 'GITHUB_UNAVAILABLE') || (isDoubloonError(error, 'SERVICE_UNAVAILABLE') && error.facts.service !== 'treasury');
  return isAway ? 'This instance can’t sign with you at the moment. Try again in a minute, or go on alone.' : undefined;
}

/**
 * The award of one deposit of this bounty for a wallet, unsigned: by two, so that it is final at once, where whoever is signed in
 * may award; by the wallet alone otherwise, with the reason. DEPOSIT_ABSENT for another bounty’s, and what BuildAward answers.
 */
export async function buildAward(treasury: TreasuryClient, ids: { readonly repositoryId: string; readonly issueId: string }, { deposit: address, wallet, shares, actorId }: Asked): Promise<BuiltAward> {
  const { deposits, issue } = await getBounty(treasury, ids);
  const deposit = deposits.find((one) => one.address === address);
  if (deposit === undefined) throw new DoubloonError('DEPOSIT_ABSENT', { deposit: address });
  const build = (actor: string) => treasury.buildAward({ deposit: address, wallet, shares: shares.map((share) => ({ ...share })), actorId: actor, issueNumber: issue.number });
  let aloneBecause: string | undefined;
  let built = actorId === undefined || !deposit.withRelayer ? undefined : await build(actorId).catch((error: unknown) => {
    aloneBecause = whyAlone(error);
    if (aloneBecause === undefined) throw error;
    return undefined;
  });
  built ??= await build('');
  return { transaction: Buffer.from(built.transaction).toString('base64'), terms: toAwardTermsView(built, { deposit, wallet, aloneBecause }) };
}
