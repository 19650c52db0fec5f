import { effectiveWallet, identityAddress, terms, type Operator } from '@doubloon/escrow';
import { checkNode } from '@doubloon/escrow/chain';
import { failpoint } from '@doubloon/failpoints';
import { operatorIn } from '../operator.ts';
import { instant } from '../terms.ts';
import type { Relaying } from './context.ts';
import type { IntentAction } from './intent-row.ts';
import { identityIn } from './read-facts.ts';

interface Due {
  readonly deposit: string;
  readonly created_slot: string;
  readonly sequence: string;
  readonly place: number | null;
  readonly github_id: string | null;
}

const most = 100;
// What was tried and ended is tried again when the rows still ask for it, but not each second.
const untried = (action: IntentAction) => `not exists (
  select from relayer_intent i where i.action = '${action}' and i.deposit = d.address and i.decision is null and i.created_slot = d.created_slot
    and (i.state in ('waiting', 'alive') or i.created_at > $2::timestamptz - interval '30 seconds') and coalesce(i.share, -1) = coalesce(s.place, -1))`;
const shares = (action: IntentAction, condition: string) => `
  select d.address as deposit, d.created_slot, d.sequence, s.place, s.github_id from award_share s join deposit d on d.address = s.deposit
  where d.state = 'awarded' and s.settled is null and ${condition} and ${untried(action)}
    and not exists (select from payee p where p.github_id = s.github_id and p.next_at > $1) order by d.final_at, d.address, s.place limit ${String(most)}`;
const whole = (action: IntentAction, condition: string) => `
  select d.address as deposit, d.created_slot, d.sequence, null::smallint as place, null::text as github_id from deposit d, (select null::smallint as place) s
  where ${condition} and ${untried(action)} order by d.address limit ${String(most)}`;

const payable = shares('payout', 'd.final_at <= $1');
const refundable = whole('refund', `d.state = 'held' and d.deadline + interval '${String(terms.graceSeconds)} seconds' <= $1`);
const closable = whole('close', "not d.gone and d.state not in ('held', 'awarded') and d.stands_until <= $1");
const unclaimed = `d.final_at + interval '${String(terms.claimSeconds)} seconds' <= $1`;

const add = `
  insert into relayer_intent (action, deposit, created_slot, sequence, share, next_at, created_at) values ($1, $2, $3, $4, $5, $6, $6)
  on conflict (action, deposit, coalesce(share, -1)) where decision is null and state in ('waiting', 'alive') do nothing`;
const lookAt = 'insert into payee (github_id, next_at) values ($1, $2) on conflict (github_id) do update set next_at = $2';

/** How often somebody without a wallet is looked at, in case an event about their link was missed. */
const absentSeconds = 15n * 60n;

/**
 * Writes intents for what the rows say is due by the chain's clock: shares of final awards whose winner has a wallet, deposits
 * whose time is over, shares that nobody claimed, accounts that can be closed. Answers how many.
 */
export async function crankDue(context: Relaying): Promise<number> {
  const { pool, chain, now } = context;
  const time = await chain.time();
  const [at, today] = [instant(time), now()];
  const due = async (query: string) => (await pool.query<Due>(query, [at, today])).rows;
  const [toPay, toRefund, toClose] = await Promise.all([due(payable), due(refundable), due(closable)]);
  const ready = [...toRefund.map((row) => ({ action: 'refund' as const, row })), ...toClose.map((row) => ({ action: 'close' as const, row })), ...(await claimed(context, toPay, time))];
  if (ready.length === 0) return 0;
  failpoint('crank-due');
  for (const { action, row } of ready) await pool.query(add, [action, row.deposit, row.created_slot, row.sequence, row.place, today]);
  return ready.length;
}

/** Whose wallet is there to be paid, and who let their time pass. Whoever waits is looked at again when their wallet counts. */
async function claimed(context: Relaying, rows: readonly Due[], time: bigint): Promise<{ action: IntentAction; row: Due }[]> {
  if (rows.length === 0) return [];
  const { pool, chain, program, operator: operatorAddress } = context;
  const users = [...new Set(rows.map(({ github_id: githubId }) => githubId ?? '0'))];
  const [account, ...accounts] = await chain.accounts([operatorAddress, ...users.map((githubId) => identityAddress({ program, operator: operatorAddress, githubId }).address)], 'confirmed');
  await checkNode(context);
  const operator: Operator = operatorIn(account, program);
  const late = new Set((await pool.query<Due>(shares('refund-share', unclaimed), [instant(time), context.now()])).rows.map(({ deposit, place }) => `${deposit}:${String(place)}`));

  const ready: { action: IntentAction; row: Due }[] = [];
  for (const [index, githubId] of users.entries()) {
    const identity = identityIn(accounts[index], program);
    const { kind } = effectiveWallet(identity, operator, time);
    const theirs = rows.filter((row) => row.github_id === githubId);
    if (kind === 'wallet') ready.push(...theirs.map((row) => ({ action: 'payout' as const, row })));
    else if (kind !== 'waiting') ready.push(...theirs.filter(({ deposit, place }) => late.has(`${deposit}:${String(place)}`)).map((row) => ({ action: 'refund-share' as const, row })));
    if (kind === 'wallet') continue;
    const since = identity?.pending?.since ?? identity?.linkedAt ?? time;
    await pool.query(lookAt, [githubId, instant(kind === 'waiting' ? since + terms.coolDownSeconds : time + absentSeconds)]);
  }
  return ready;
}

const forget = 'delete from payee where github_id = $1';

/** Something became of somebody's link: their shares are looked at now. */
export async function lookAgainAt({ pool }: Pick<Relaying, 'pool'>, githubId: string): Promise<void> {
  await pool.query(forget, [githubId]);
}

