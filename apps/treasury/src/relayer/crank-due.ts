import { terms } from '@doubloon/escrow';
import { failpoint } from '@doubloon/failpoints';
import { instant } from '../funding/terms.ts';
import type { Relaying } from './context.ts';
import type { IntentAction } from './intent-row.ts';

interface Due {
  readonly deposit: string;
  readonly created_slot: string;
  readonly sequence: string;
  readonly place: number | null;
}

const most = 100;
// What was tried and ended is tried again when the rows still ask for it, but not each second.
const untried = (action: IntentAction) => `not exists (
  select from relayer_intent i where i.action = '${action}' and i.deposit = d.address and i.decision is null and i.created_slot = d.created_slot
    and (i.state in ('waiting', 'alive') or i.created_at > $2::timestamptz - interval '30 seconds') and coalesce(i.share, -1) = coalesce(s.place, -1))`;
const shares = (action: IntentAction, condition: string) => `
  select d.address as deposit, d.created_slot, d.sequence, s.place from award_share s join deposit d on d.address = s.deposit join payee p on p.github_id = s.github_id
  where d.state = 'awarded' and s.settled is null and d.final_at <= $1 and ${condition} and ${untried(action)} order by d.final_at, d.address, s.place limit ${String(most)}`;
const whole = (action: IntentAction, condition: string) => `
  select d.address as deposit, d.created_slot, d.sequence, s.place from deposit d, (select null::smallint as place) s
  where ${condition} and ${untried(action)} order by d.address limit ${String(most)}`;

const payable = shares('payout', "p.standing = 'wallet'");
const unclaimed = shares('refund-share', "p.standing in ('nobody', 'contested') and d.claimable_until + $3 * interval '1 millisecond' <= $1");
const refundable = whole('refund', `d.state = 'held' and d.deadline <= $1::timestamptz - interval '${String(terms.graceSeconds)} seconds' - $3 * interval '1 millisecond'`);
const closable = whole('close', "not d.gone and d.state not in ('held', 'awarded') and d.stands_until <= $1");

const add = `
  insert into relayer_intent (action, deposit, created_slot, sequence, share, next_at, created_at) values ($1, $2, $3, $4, $5, $6, $6)
  on conflict (action, deposit, coalesce(share, -1)) where decision is null and state in ('waiting', 'alive') do nothing`;

/**
 * Writes intents for what the rows say is due by the chain's clock (`time`, unix seconds): shares of final awards whose winner
 * has a wallet, deposits whose time is over, shares that nobody claimed, accounts that can be closed. What goes back to a
 * funder is left to them for `refundAfterMs` first. Each is judged by the chain before anything is signed. Answers how many.
 */
export async function crankDue({ pool, now, refundAfterMs }: Pick<Relaying, 'pool' | 'now' | 'refundAfterMs'>, time: bigint): Promise<number> {
  const [at, today] = [instant(time), now()];
  const due = async (action: IntentAction, query: string, more: readonly unknown[] = []) => (await pool.query<Due>(query, [at, today, ...more])).rows.map((row) => ({ action, row }));
  const ready = (await Promise.all([due('payout', payable), due('refund-share', unclaimed, [refundAfterMs]), due('refund', refundable, [refundAfterMs]), due('close', closable)])).flat();
  if (ready.length === 0) return 0;
  failpoint('crank-due');
  for (const { action, row } of ready) await pool.query(add, [action, row.deposit, row.created_slot, row.sequence, row.place, today]);
  return ready.length;
}
