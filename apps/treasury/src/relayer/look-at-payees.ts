import { effectiveWallet, identityAddress, pendingChange, terms, type Identity, type Operator } from '@doubloon/escrow';
import { checkNode } from '@doubloon/escrow/chain';
import { operatorIn } from '../operator.ts';
import { instant } from '../funding/terms.ts';
import type { Treasury } from '../treasury.ts';
import { identityIn } from './read-facts.ts';

/** Where the money of a GitHub user could go when the chain was asked last: a link or a change that is under way counts later. */
export type PayeeStanding = 'nobody' | 'linking' | 'changing' | 'contested' | 'wallet';

const most = 100;
const due = `
  select distinct s.github_id::text as github_id from award_share s join deposit d on d.address = s.deposit
  where d.state = 'awarded' and s.settled is null and not exists (select from payee p where p.github_id = s.github_id and p.next_at > $1) limit ${String(most)}`;
const note = `
  insert into payee (github_id, standing, counts_from, next_at) values ($1, $2, $3, $4)
  on conflict (github_id) do update set standing = excluded.standing, counts_from = excluded.counts_from, next_at = excluded.next_at`;
const forget = 'delete from payee where github_id = $1';

/** How often somebody who waits for a share is looked at, in case an event about their link was missed. */
const againSeconds = 15n * 60n;

/** What an identity says of who is paid, and from which second on. */
export function standingOf(identity: Identity | undefined, operator: Operator, time: bigint): { standing: PayeeStanding; countsFrom: bigint | undefined } {
  const { kind } = effectiveWallet(identity, operator, time);
  if (identity === undefined || kind === 'nobody') return { standing: 'nobody', countsFrom: undefined };
  if (kind === 'contested') return { standing: 'contested', countsFrom: undefined };
  const pending = pendingChange(identity, operator);
  const countsFrom = (pending?.since ?? identity.linkedAt) + terms.coolDownSeconds;
  if (kind === 'wallet') return { standing: 'wallet', countsFrom };
  return { standing: pending === undefined ? 'linking' : 'changing', countsFrom };
}

/**
 * Asks the chain about everybody who waits for a share and was not looked at for a while, or whose wallet counts by now:
 * for those who read what a share waits for, and for the crank. It needs no key. `time` is the chain's clock in unix seconds.
 */
export async function lookAtPayees(context: Pick<Treasury, 'pool' | 'chain' | 'cluster' | 'program' | 'operator'>, time: bigint): Promise<void> {
  const { pool, chain, program, operator } = context;
  const users = (await pool.query<{ github_id: string }>(due, [instant(time)])).rows.map(({ github_id: githubId }) => githubId);
  if (users.length === 0) return;
  const [account, ...accounts] = await chain.accounts([operator, ...users.map((githubId) => identityAddress({ program, operator, githubId }).address)], 'confirmed');
  await checkNode(context);
  const state = operatorIn(account, program);
  for (const [index, githubId] of users.entries()) {
    const { standing, countsFrom } = standingOf(identityIn(accounts[index], program), state, time);
    const soon = time + againSeconds;
    const next = countsFrom !== undefined && countsFrom > time && countsFrom < soon ? countsFrom : soon;
    await pool.query(note, [githubId, standing, countsFrom === undefined ? null : instant(countsFrom), instant(next)]);
  }
}

/** Something became of somebody's link: their shares are looked at now. */
export async function lookAgainAt({ pool }: Pick<Treasury, 'pool'>, githubId: string): Promise<void> {
  await pool.query(forget, [githubId]);
}
