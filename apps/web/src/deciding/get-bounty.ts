import { DoubloonError } from '@doubloon/errors';
import type { IdentityClient, TreasuryClient } from '@doubloon/rpc';
import type { BountyView, Logins, StandingView } from './deposit-view.ts';
import { toBountyView, toStandingView } from './to-view.ts';

/** The deposits of an issue as the treasury sees them now. BOUNTY_ABSENT, or what the way to the treasury throws. */
export async function getBounty(treasury: TreasuryClient, ids: { readonly repositoryId: string; readonly issueId: string }): Promise<BountyView> {
  const bounty = toBountyView(await treasury.getBounty(ids));
  if (bounty === undefined) throw new DoubloonError('BOUNTY_ABSENT', { bounty: `${ids.repositoryId}-${ids.issueId}` });
  return bounty;
}

/** One deposit with what can be done now. DEPOSIT_ABSENT, or what the way to the treasury throws. */
export const getStanding = async (treasury: TreasuryClient, deposit: string): Promise<StandingView> => toStandingView(await treasury.getDeposit({ deposit }));

/** What people are called, as it was last seen; whoever is not known, or can’t be asked about now, has none. */
export async function loginsOf(identity: IdentityClient, githubIds: readonly string[]): Promise<Logins> {
  const found = await Promise.all([...new Set(githubIds)].map(async (githubId) => {
    const login = await identity.getIdentity({ githubId }).then(({ identity: one }) => one?.person?.login ?? '', () => '');
    return [githubId, login] as const;
  }));
  return Object.fromEntries(found.filter(([, login]) => login !== ''));
}
