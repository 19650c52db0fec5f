import { deleteInBatches, pruneBatch } from '@doubloon/postgres';
import type { Treasury } from './treasury.ts';

const day = 86_400_000;
/** A build matters while what was signed from it may be handed in; longer only for whoever looks into what happened. */
const buildLifeMs = 2 * day;
/** What was sent matters until its end is told, and for what a day may cost; longer only for whoever looks into what happened. */
const sentLifeMs = 30 * day;

const builds = ['funding_build', 'award_build', 'step_build'].map((table) => `delete from ${table} where id in (select id from ${table} where built_at < $1 order by built_at limit ${pruneBatch})`);
// What comments decided stays, and that a token account was opened.
const intents = `
  delete from relayer_intent where id in (
    select id from relayer_intent where decision is null and state in ('done', 'failed') and created_at < $1 limit ${pruneBatch})`;
const transactions = `
  delete from relayer_transaction where signature in (
    select signature from relayer_transaction t where built_at < $1 and state in ('finalized', 'expired', 'failed')
      and not exists (select from relayer_intent i where i.signature = t.signature) and not exists (select from opened_account o where o.signature = t.signature)
    limit ${pruneBatch})`;
// Who waits for nothing any more need not be looked at again.
const payees = "delete from payee p where not exists (select from award_share s join deposit d on d.address = s.deposit where s.github_id = p.github_id and s.settled is null and d.state = 'awarded')";

/** Deletes rows that say nothing any more. */
export async function prune({ pool, now }: Pick<Treasury, 'pool' | 'now'>): Promise<void> {
  const at = now().getTime();
  for (const query of builds) await deleteInBatches(pool, query, [new Date(at - buildLifeMs)]);
  for (const query of [intents, transactions]) await deleteInBatches(pool, query, [new Date(at - sentLifeMs)]);
  await pool.query(payees);
}
