import { DoubloonError } from '@doubloon/errors';
import type { IdentityClient, TreasuryClient } from '@doubloon/rpc';
import type { BountyView, DepositView, Logins, StandingView } from './deposit-view.ts';
import { toBountyView, toStandingView } from './to-view.ts';

/** The deposits of an issue as the treasury sees them now. BOUNTY_ABSENT, or what the way to the treasury throws. */
export async function getBounty(treasury: TreasuryClient, ids: { readonly repositoryId: string; readonly issueId: string }): Promise<BountyView> {
  const bounty = toBountyView(await treasury.getBounty(ids));
  if (bounty === undefined) throw new DoubloonError('BOUNTY_ABSENT', { bounty: `${ids.repositoryId}-${ids.issueId}` });
  return bounty;
}

/** One deposit with what can be done now. DEPOSIT_ABSENT, or what the way to the treasury throws. */
export const getStanding = async (treasury: TreasuryClient, deposit: string): Promise<StandingView> => toStandingView(await treasury.getDeposit({ deposit }));

/** Each is asked of the chain, and anybody can fund and award as many as they like: the rest have a page of their own. */
const mostAsked = 20;

/** What can be done with those of an issue's deposits that are awarded, the first of them. */
export const standingsOf = (deposits: readonly DepositView[], standingOf: (address: string) => Promise<StandingView>): Promise<StandingView[]> =>
  Promise.all(deposits.filter(({ state }) => state === 'awarded').slice(0, mostAsked).map(({ address }) => standingOf(address)));

/** What people are called, as it was last seen; whoever is not known, or can’t be asked about now, has none. */
export async function loginsOf(identity: IdentityClient, githubIds: readonly string[]): Promise<Logins> {
  const found = await Promise.all([...new Set(githubIds)].map(async (githubId) => {
    const login = await identity.getIdentity({ githubId }).then(({ identity: one }) => one?.person?.login ?? '', () => '');
    return [githubId, login] as const;
  }));
  return Object.fromEntries(found.filter(([, login]) => login !== ''));
}
