import { DoubloonError } from '@doubloon/errors';
import { identity, type MessageInitShape } from '@doubloon/rpc';
import type { IdentityContext } from '../context.ts';
import { readPerson } from '../github/people.ts';
import { isGitHubId, knownPerson, seePerson, type GitHubUser } from '../person.ts';
import { allowLookUp } from '../sessions/allowance.ts';
import { accountOf, identityIn, instant, operatorIn } from './account.ts';
import { submissionColumns, submissionView, type SubmissionRow } from './link-row.ts';
import { proofOf } from './proof.ts';
import { linkStanding, type LinkState } from './standing.ts';

const { IdentityState } = identity;

const states: Readonly<Record<LinkState, identity.IdentityState>> = {
  absent: IdentityState.ABSENT, cooling: IdentityState.COOLING, linked: IdentityState.LINKED, changing: IdentityState.CHANGING, contested: IdentityState.CONTESTED, unlinked: IdentityState.UNLINKED,
};

/** How old the login of somebody may be before GitHub is asked again, in milliseconds. */
const loginStaleMs = 24 * 3_600_000;

const newest = `select ${submissionColumns} from link_submission where github_id = $1 order by place desc limit 1`;

/** What the identity account of a user says in finalized state: the chain is asked, or was a moment ago for somebody else. REQUEST_INVALID, GITHUB_USER_ABSENT, GITHUB_UNAVAILABLE and RATE_LIMITED (only by login), CHAIN_UNAVAILABLE. */
export async function getIdentity(context: IdentityContext, request: { githubId: string; login: string }): Promise<MessageInitShape<typeof identity.GetIdentityResponseSchema>> {
  const { pool } = context;
  const person = await personOf(context, request);
  const { githubId } = person;
  const account = accountOf(context, githubId);
  const { slot, time, accounts: [operatorAccount, found] } = await context.readAccount(account);
  const { state, wallet, linkedAt, paysFrom, pending } = linkStanding(identityIn(found, context, githubId), operatorIn(operatorAccount, context), time);
  const { rows: [submission] } = await pool.query<SubmissionRow>(newest, [githubId]);
  const proof = wallet === undefined ? undefined : await proofOf(pool, githubId, wallet);
  const at = (seconds: bigint | undefined) => (seconds === undefined ? '' : instant(seconds).toISOString());
  return {
    cluster: context.cluster,
    identity: {
      person, state: states[state], wallet: wallet ?? '', linkedAt: at(linkedAt), paysFrom: at(paysFrom),
      pendingWallet: pending?.wallet ?? '', pendingSince: at(pending?.since), pendingFrom: at(pending?.from),
      account, slot: String(slot), proof: proof ?? '', ...(submission && { submission: submissionView(submission) }),
    },
  };
}

/** By login as GitHub has it at this moment; by id with the login of the last day, or the last that was seen while GitHub is away. */
async function personOf(context: IdentityContext, { githubId, login }: { githubId: string; login: string }): Promise<GitHubUser> {
  const { pool, reading, now, log } = context;
  if ((githubId === '') === (login === '')) throw new DoubloonError('REQUEST_INVALID', { problem: 'it names not one of github_id and login' });
  if (login !== '') {
    await allowLookUp(context);
    const user = await readPerson(reading(), { login });
    if (user === undefined) throw new DoubloonError('GITHUB_USER_ABSENT', { login: login.slice(0, 60) });
    await seePerson(pool, user, now());
    return user;
  }
  if (!isGitHubId(githubId)) throw new DoubloonError('REQUEST_INVALID', { problem: 'github_id is not a numeric id of GitHub' });
  const known = await knownPerson(pool, githubId);
  if (known !== undefined && now().getTime() - known.seenAt.getTime() < loginStaleMs) return { githubId, login: known.login };
  const user = await allowLookUp(context).then(() => readPerson(reading(), { githubId })).catch((err: unknown) => {
    log.info({ err, githubId }, 'GitHub could not be asked how somebody is called now');
    return undefined;
  });
  if (user !== undefined) await seePerson(pool, user, now());
  return user ?? { githubId, login: known?.login ?? '' };
}
