import type { Pool } from 'pg';
import { DoubloonError } from '@doubloon/errors';
import type { IdentityClient } from '@doubloon/rpc';
import type { OfferKey } from '../issues/intent.ts';
import type { KnownIssue } from '../issues/issue-row.ts';
import { isStanding } from './offer-row.ts';

/** What the identity service may say of a text that changed since: that has events of its own, which tell what follows. */
const ofTheText: readonly string[] = ['SOURCE_GONE', 'SOURCE_ELSEWHERE', 'COMMAND_ABSENT'];

/**
 * Asks whether the author of a text may offer what stands in it, by the rules of the repository as they are now. Answers
 * why not, or nothing. Rejects with what the identity service rejects with, and with GITHUB_UNAVAILABLE while GitHub shows
 * another text than it told of.
 */
export async function whyNotOffer({ pool, identity }: { pool: Pool; identity: Pick<IdentityClient, 'authorize'> }, { repositoryId, issueId, number }: KnownIssue, key: OfferKey): Promise<string | undefined> {
  // What its text does not ask for any more is about to be withdrawn, and is opened only for that to be told.
  if (!(await isStanding(pool, key))) return undefined;
  const { allowed, reason, reasonCode } = await identity.authorize({
    action: 'offer', sourceKind: key.sourceKind, sourceId: key.sourceId, repositoryId, issueId, issueNumber: number, money: { denom: key.denom, amount: key.amount },
  });
  if (allowed) return undefined;
  if (ofTheText.includes(reasonCode)) throw new DoubloonError('GITHUB_UNAVAILABLE', { call: 'the text as it was told' });
  return reason;
}
