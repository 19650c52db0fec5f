import type { Pool, PoolClient } from 'pg';

/** SQL: whether the last transaction of an intent has landed, whatever is said of the intent by nodes that have not heard of it. */
const landed = (intent: string): string => `exists (select from relayer_transaction l where l.signature = ${intent}.signature and l.state = 'finalized')`;

/** SQL: whether an award of a deposit, as it stands at `sequence`, may still land, or has and is not seen yet. What wallets signed names no sequence in its row. */
const awardComes = ({ deposit, createdSlot, sequence, since = 'true' }: { deposit: string; createdSlot: string; sequence: string; since?: string }): string => `(
  exists (select from relayer_intent a where a.action = 'award' and a.deposit = ${deposit} and a.created_slot = ${createdSlot} and a.sequence = ${sequence} and (a.state <> 'failed' or ${landed('a')}) and ${since})
  or exists (select from deposit_step s join relayer_transaction t using (signature) where s.step = 'award' and s.deposit = ${deposit}
    and (t.state in ('recorded', 'sent', 'confirmed') or (t.state = 'finalized' and t.next_at > $1::timestamptz - interval '1 minute'))))`;

const vetoOf = "select from relayer_intent v where v.action = 'veto' and v.deposit = i.deposit and v.created_slot = i.created_slot and v.sequence = i.sequence + 1 and v.state <> 'failed'";

/**
 * Columns of an intent `i` at the time `$1`. `vetoed`: an award that a later comment vetoed before it stood. `waits`: a veto
 * of an award that is on its way, or an award while such a veto waits.
 */
export const opposed = `
  i.action = 'award' and exists (${vetoOf} and v.id > i.id) as vetoed,
  case i.action when 'award' then exists (${vetoOf} and v.id < i.id and v.state in ('waiting', 'alive'))
    when 'veto' then ${awardComes({ deposit: 'i.deposit', createdSlot: 'i.created_slot', sequence: 'i.sequence - 1', since: 'a.id < i.id' })} else false end as waits`;

const coming = `select d.address from deposit d where d.address = any ($2) and d.state = 'held' and ${awardComes({ deposit: 'd.address', createdSlot: 'd.created_slot', sequence: 'd.sequence' })}`;

/** Those of the deposits that nobody has awarded as far as was seen, and to which an award is on its way. */
export async function soonAwarded(pool: Pool, deposits: readonly string[], now: Date): Promise<ReadonlySet<string>> {
  return new Set((await pool.query<{ address: string }>(coming, [now, deposits])).rows.map(({ address }) => address));
}

/** Fit to show. */
export const vetoedBefore = 'It was vetoed before it stood.';

const stop = `update relayer_intent i set state = 'failed', problem = $3 where action = 'award' and state = 'waiting' and deposit = $1 and created_slot = $2 and not ${landed('i')}`;

/** What waits to be awarded is not any more. What is signed already can land, or has: for that the veto waits, in an intent of its own. */
export async function stopAwards(db: PoolClient, { address, created_slot: createdSlot }: { address: string; created_slot: string }): Promise<void> {
  await db.query(stop, [address, createdSlot, vetoedBefore]);
}
