import { isDoubloonError } from '@doubloon/errors';
import { identity as service, type IdentityClient, type TreasuryClient } from '@doubloon/rpc';
import type { Share } from '@doubloon/domain';
import type { AwardeeView, PreviewView } from './split-view.ts';
import { toSplitView } from './to-view.ts';

const linked: ReadonlySet<service.IdentityState> = new Set([service.IdentityState.COOLING, service.IdentityState.LINKED, service.IdentityState.CHANGING, service.IdentityState.CONTESTED]);

/** What stands between a form and its preview, as a sentence. */
export class NoPreview extends Error {}

/** Who a login is at GitHub now. */
async function personOf(identity: IdentityClient, { login, bps }: Share): Promise<AwardeeView> {
  const { identity: found } = await identity.getIdentity({ login }).catch((error: unknown) => {
    if (isDoubloonError(error, 'GITHUB_USER_ABSENT')) throw new NoPreview(`GitHub has no user “${login}” at the moment.`, { cause: error });
    if (isDoubloonError(error, 'RATE_LIMITED')) throw new NoPreview('Too many people were looked up at GitHub just now. Wait a minute, then preview again.', { cause: error });
    throw new NoPreview('GitHub can’t be asked at the moment who these people are. Try again in a minute.', { cause: error });
  });
  if (found?.person === undefined || found.person.githubId === '') throw new NoPreview(`GitHub has no user “${login}” at the moment.`);
  return { githubId: found.person.githubId, login: found.person.login, bps, isLinked: linked.has(found.state) };
}

/**
 * What everybody would get of each deposit, to the last base unit. Logins become numeric ids here, once: from then on the
 * ids are what is shown and signed. Rejects with `NoPreview`, or with what the way to the treasury throws.
 */
export async function previewSplit({ treasury, identity }: { treasury: TreasuryClient; identity: IdentityClient }, ids: { readonly repositoryId: string; readonly issueId: string }, shares: readonly Share[], comment: string): Promise<PreviewView> {
  const people = await Promise.all(shares.map((share) => personOf(identity, share)));
  if (new Set(people.map(({ githubId }) => githubId)).size < people.length) throw new NoPreview('Two of these logins are the same person.');
  const { deposits } = await treasury.splitPreview({ ...ids, shares: people.map(({ githubId, bps }) => ({ githubId, bps })) });
  return { people, splits: deposits.map(toSplitView), comment };
}
