import { isDoubloonError } from '@doubloon/errors';
import { fatesOf, secondLook, sendEach, stillTaken, type Ended, type Sending, type SignatureStatus } from '@doubloon/escrow/chain';
import { failpoint } from '@doubloon/failpoints';
import { inTransaction } from '@doubloon/postgres';
import type { SubmissionState } from '../offers/offer-row.ts';
import type { Relaying } from './context.ts';

/** Sending needs no key. */
type Pursuing = Pick<Relaying, 'pool' | 'chain' | 'cluster' | 'log' | 'now' | 'relayed'>;

interface Row {
  readonly signature: string;
  readonly transaction: Buffer;
  readonly last_valid_block_height: string | null;
  readonly state: SubmissionState;
  readonly doubted_slot: string | null;
}

interface Due extends Sending {
  readonly row: Row;
}

const open = "state in ('recorded', 'sent', 'confirmed')";
const quickAttempts = 90;
// Counted and put off before anything is sent, as everywhere.
const claim = `
  update relayer_transaction set attempts = attempts + 1, next_at = $1::timestamptz + least(greatest(attempts - ${String(quickAttempts)}, 1), 30) * $2::int * interval '1 millisecond'
  where signature in (select signature from relayer_transaction where ${open} and next_at <= $1 order by next_at limit 100 for update skip locked)
  returning signature, transaction, last_valid_block_height, state, doubted_slot`;
const note = `update relayer_transaction set state = $2, doubted_slot = null where signature = $1 and ${open}`;
const noteHeight = 'update relayer_transaction set last_valid_block_height = $2 where signature = $1';
const noteDoubt = `update relayer_transaction set doubted_slot = $2 where signature = $1 and ${open}`;
const end = `update relayer_transaction set state = $2, problem = $3 where signature = $1 and ${open}`;
// What became of them is for their deposits to say. After a failure they wait as long as they were tried.
const free = "update relayer_intent set state = 'waiting', problem = $2, next_at = case when $3 then greatest(next_at, $4) else $4 end where signature = $1 and state = 'alive'";
const unopened = 'delete from opened_account where signature = $1';

/**
 * Looks up what became of what the relayer signed; the same bytes are sent again while they can land and were not seen; what
 * has landed, failed, or can land no more sets its intents free to be judged by their deposits. As `sendDue` does.
 */
export async function pursueSent(context: Pursuing, { everyMs }: { everyMs: number }): Promise<void> {
  const { pool, now } = context;
  const { rows } = await pool.query<Row>(claim, [now(), everyMs]);
  if (rows.length === 0) return;
  failpoint('relay-claimed');
  const due = rows.map((row): Due => ({ row, signature: row.signature, transaction: row.transaction, lastValid: row.last_valid_block_height === null ? undefined : BigInt(row.last_valid_block_height) }));
  const { slot, fates } = await fatesOf(context, due, async ({ signature }, height) => { await pool.query(noteHeight, [signature, height]); });
  const toSend: Due[] = [];
  const ended: { due: Due; as: Ended }[] = [];
  for (const { row: one, fate } of fates) {
    if (fate?.kind === 'send') toSend.push(one);
    else if (fate?.kind === 'ended') ended.push({ due: one, as: fate });
    else if (fate?.kind === 'seen') await seen(context, one, fate.status);
  }
  const outcomes = await Promise.allSettled([sendEach(toSend, (one) => send(context, one)), settle(context, ended, slot)]);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function send({ pool, chain, log }: Pursuing, { row: { state, doubted_slot: doubted }, signature, transaction }: Due): Promise<void> {
  try {
    await chain.send(transaction);
  } catch (err) {
    if (!isDoubloonError(err, 'CHAIN_REFUSED')) throw err;
    log.warn({ err, signature }, 'the node refused what the relayer signed');
    return;
  }
  failpoint('relay-sent');
  if (state !== 'sent' || doubted !== null) await pool.query(note, [signature, 'sent']);
}

async function seen(context: Pursuing, { row, signature }: Due, { commitment, error }: SignatureStatus): Promise<void> {
  if (error !== undefined) return;
  if (commitment === 'confirmed' && (row.state !== 'confirmed' || row.doubted_slot !== null)) await context.pool.query(note, [signature, 'confirmed']);
  if (commitment === 'finalized') await finish(context, signature, 'finalized', undefined);
}

/** Settles what has ended at the second look, and never while its blockhash would still be taken. */
async function settle(context: Pursuing, ended: readonly { due: Due; as: Ended }[], from: bigint): Promise<void> {
  if (ended.length === 0) return;
  const { pool, chain } = context;
  const taken = await stillTaken(chain, ended.map(({ due }) => due));
  const state = await chain.finalState([], from);
  for (const { due, as } of ended) {
    if (as.state === 'expired' && taken.has(due)) continue;
    const look = secondLook(due.row.doubted_slot === null ? undefined : BigInt(due.row.doubted_slot), state);
    if (look.believed) await finish(context, due.signature, as.state, as.reason);
    else if (look.remember !== undefined) await pool.query(noteDoubt, [due.signature, look.remember]);
  }
}

async function finish({ pool, log, now, relayed }: Pursuing, signature: string, state: 'finalized' | Ended['state'], problem: string | undefined): Promise<void> {
  failpoint('relay-seen');
  const isFirst = await inTransaction(pool, async (db) => {
    const { rowCount } = await db.query(end, [signature, state, problem ?? null]);
    if (rowCount === 0) return false;
    await db.query(free, [signature, problem ?? null, state === 'failed', now()]);
    if (state !== 'finalized') await db.query(unopened, [signature]);
    return true;
  });
  failpoint('relay-settled');
  if (!isFirst) return;
  relayed(state === 'finalized' ? 'landed' : state);
  log.info({ signature, state, problem }, 'what the relayer signed is settled');
}
