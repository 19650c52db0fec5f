import { DoubloonError } from '@doubloon/errors';
import { readFinal } from '@doubloon/escrow/chain';
import { identity, type MessageInitShape } from '@doubloon/rpc';
import type { IdentityContext } from '../context.ts';
import type { GitHubUser } from '../oauth.ts';
import { isGitHubId, knownPerson, seePerson } from '../person.ts';
import { accountOf, identityIn, instant, operatorIn } from './account.ts';
import { submissionColumns, submissionView, type SubmissionRow } from './link-row.ts';
import { linkStanding, type LinkState } from './standing.ts';

const { IdentityState } = identity;

const states: Readonly<Record<LinkState, identity.IdentityState>> = {
  absent: IdentityState.ABSENT, cooling: IdentityState.COOLING, linked: IdentityState.LINKED, changing: IdentityState.CHANGING, contested: IdentityState.CONTESTED, unlinked: IdentityState.UNLINKED,
};

/** How old the login of somebody may be before GitHub is asked again, in milliseconds. */
const loginStaleMs = 24 * 3_600_000;

const newest = `select ${submissionColumns} from link_submission where github_id = $1 order by place desc limit 1`;
const proofOf = "select signature from link_submission where github_id = $1 and state = 'finalized' and ((step in ('link', 'change') and wallet = $2) or (step = 'settle-change' and other_wallet = $2)) order by place desc limit 1";

/** What the identity account of a user says in finalized state: the chain is asked each time. REQUEST_INVALID, GITHUB_USER_ABSENT, GITHUB_UNAVAILABLE (only by login), CHAIN_UNAVAILABLE. */
export async function getIdentity(context: IdentityContext, request: { githubId: string; login: string }): Promise<MessageInitShape<typeof identity.GetIdentityResponseSchema>> {
  const { pool, operator } = context;
  const person = await personOf(context, request);
  const { githubId } = person;
  const account = accountOf(context, githubId);
  const { slot, time, accounts: [operatorAccount, found] } = await readFinal(context, [operator, account]);
  const { state, wallet, linkedAt, paysFrom, pending } = linkStanding(identityIn(found, context, githubId), operatorIn(operatorAccount, context), time);
  const { rows: [submission] } = await pool.query<SubmissionRow>(newest, [githubId]);
  const { rows: [proof] } = wallet === undefined ? { rows: [] } : await pool.query<{ signature: string }>(proofOf, [githubId, wallet]);
  const at = (seconds: bigint | undefined) => (seconds === undefined ? '' : instant(seconds).toISOString());
  return {
    cluster: context.cluster,
    identity: {
      person, state: states[state], wallet: wallet ?? '', linkedAt: at(linkedAt), paysFrom: at(paysFrom),
      pendingWallet: pending?.wallet ?? '', pendingSince: at(pending?.since), pendingFrom: at(pending?.from),
      account, slot: String(slot), proof: proof?.signature ?? '', ...(submission && { submission: submissionView(submission) }),
    },
  };
}

/** By login as GitHub has it at this moment; by id with the login of the last day, or the last that was seen while GitHub is away. */
async function personOf({ pool, oauth, now, log }: IdentityContext, { githubId, login }: { githubId: string; login: string }): Promise<GitHubUser> {
  if ((githubId === '') === (login === '')) throw new DoubloonError('REQUEST_INVALID', { problem: 'it names not one of github_id and login' });
  if (login !== '') {
    const user = await oauth.userByLogin(login);
    await seePerson(pool, user, now());
    return user;
  }
  if (!isGitHubId(githubId)) throw new DoubloonError('REQUEST_INVALID', { problem: 'github_id is not a numeric id of GitHub' });
  const known = await knownPerson(pool, githubId);
  if (known !== undefined && now().getTime() - known.seenAt.getTime() < loginStaleMs) return { githubId, login: known.login };
  const user = await oauth.userById(githubId).catch((err: unknown) => {
    log.info({ err, githubId }, 'GitHub could not be asked how somebody is called now');
    return undefined;
  });
  if (user !== undefined) await seePerson(pool, user, now());
  return user ?? { githubId, login: known?.login ?? '' };
}
