import { isDoubloonError } from '@doubloon/errors';
import { fatesOf, sendEach, secondLook, stillTaken, type Ended, type Sending, type SignatureStatus } from '@doubloon/escrow/chain';
import { failpoint } from '@doubloon/failpoints';
import { attest, type Attesting, type Unattested } from './attest.ts';
import type { SubmissionState } from './link-row.ts';

interface Row extends Unattested {
  readonly signature: string;
  readonly attested_at: Date | null;
  readonly last_valid_block_height: string | null;
  readonly state: SubmissionState;
  readonly doubted_slot: string | null;
}

interface Due extends Sending {
  readonly row: Row;
}

export type SendingContext = Attesting & { readonly wake: { watcher(): void }; readonly settled: (outcome: 'landed' | 'expired' | 'failed') => void };

const open = "state in ('recorded', 'sent', 'confirmed')";
const mostPerRound = 100;
// About as often as a blockhash lives; what is open for longer is stuck for another reason, and a minute between looks will do.
const quickAttempts = 90;

// Counted and put off before anything is signed or sent: whoever else looks, or comes back after a crash, finds it not due yet.
const claim = `
  update link_submission set attempts = attempts + 1, next_at = $1::timestamptz + least(greatest(attempts - ${String(quickAttempts)}, 1), 30) * $2::int * interval '1 millisecond'
  where message_hash in (select message_hash from link_submission where ${open} and next_at <= $1 order by next_at limit ${String(mostPerRound)} for update skip locked)
  returning message_hash, signature, step, github_id, wallet, other_wallet, attestor, expiry, transaction, attested_at, last_valid_block_height, state, doubted_slot`;
const note = `update link_submission set state = $2, doubted_slot = null where signature = $1 and ${open}`;
const noteHeight = 'update link_submission set last_valid_block_height = $2 where signature = $1';
const noteDoubt = `update link_submission set doubted_slot = $2 where signature = $1 and ${open}`;
const end = `update link_submission set state = $2, problem = $3, next_at = 'infinity' where signature = $1 and ${open}`;

/**
 * Looks at the submissions that are due: those that lack the attestor's signature get it; what became of the others is looked up;
 * the same bytes are sent again while they can land and were not seen; what has failed or can no longer land is settled at
 * the second look. All of it is in rows, so that it goes on after a crash, and more than one process may do it: the same
 * bytes twice are one transaction. CHAIN_UNAVAILABLE, CHAIN_ANSWER_MALFORMED and GENESIS_MISMATCH leave the rows as they are.
 */
export async function sendDue(context: SendingContext, { everyMs }: { everyMs: number }): Promise<void> {
  const { pool, now } = context;
  const { rows } = await pool.query<Row>(claim, [now(), everyMs]);
  if (rows.length === 0) return;
  failpoint('link-claimed');

  const readied = await Promise.allSettled(rows.map((row) => ready(context, row)));
  const due = readied.flatMap((outcome) => (outcome.status === 'fulfilled' && outcome.value !== undefined ? [outcome.value] : []));
  const { slot, fates } = await fatesOf(context, due, async ({ signature }, height) => { await pool.query(noteHeight, [signature, height]); });
  const [toSend, ended, toNote]: [Due[], { due: Due; as: Ended }[], Promise<void>[]] = [[], [], []];
  for (const { row: one, fate } of fates) {
    if (fate?.kind === 'send') toSend.push(one);
    else if (fate?.kind === 'ended') ended.push({ due: one, as: fate });
    else if (fate?.kind === 'seen') toNote.push(seen(context, one, fate.status));
  }
  // What can't be signed, noted or settled now must not keep the others from being sent.
  const outcomes = await Promise.allSettled([...toNote, sendEach(toSend, (one) => send(context, one)), settle(context, ended, slot)]);
  const failed = [...readied, ...outcomes].find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** The row with every signature; `undefined` when one will never come, which ends it at once: without it nothing can land. */
async function ready(context: SendingContext, row: Row): Promise<Due | undefined> {
  const due = (transaction: Uint8Array): Due => ({ row, signature: row.signature, transaction, lastValid: row.last_valid_block_height === null ? undefined : BigInt(row.last_valid_block_height) });
  if (row.attestor === null || row.attested_at !== null) return due(row.transaction);
  const attested = await attest(context, row);
  if ('transaction' in attested) return due(attested.transaction);
  await finish(context, row, attested);
  return undefined;
}

async function send({ pool, chain, log }: SendingContext, { row: { state, doubted_slot: doubted, github_id: githubId }, signature, transaction }: Due): Promise<void> {
  try {
    await chain.send(transaction);
  } catch (err) {
    if (!isDoubloonError(err, 'CHAIN_REFUSED')) throw err;
    // It is tried until it can no longer land, because another node may think otherwise.
    log.warn({ err, githubId, signature }, 'the node refused a signed transaction');
    return;
  }
  failpoint('link-sent');
  if (state !== 'sent' || doubted !== null) await pool.query(note, [signature, 'sent']);
  failpoint('link-sending-noted');
}

async function seen(context: SendingContext, { row, signature }: Due, { commitment, error }: SignatureStatus): Promise<void> {
  const { pool, wake, settled, log } = context;
  if (error !== undefined) return;
  if (commitment === 'confirmed' && (row.state !== 'confirmed' || row.doubted_slot !== null)) await pool.query(note, [signature, 'confirmed']);
  if (commitment !== 'finalized') return;
  failpoint('link-seen');
  const { rowCount } = await pool.query(end, [signature, 'finalized', null]);
  failpoint('link-landing-noted');
  wake.watcher();
  if (rowCount === 0) return;
  settled('landed');
  log.info({ githubId: row.github_id, step: row.step, signature }, 'link transaction has landed');
}

/** Settles what has ended. A node that forgot a signature, or is late, may still take the blockhash: then it may land yet. And one look is not enough. */
async function settle(context: SendingContext, ended: readonly { due: Due; as: Ended }[], from: bigint): Promise<void> {
  if (ended.length === 0) return;
  const { pool, chain } = context;
  const taken = await stillTaken(chain, ended.map(({ due }) => due));
  const state = await chain.finalState([], from);
  for (const { due, as } of ended) {
    if (as.state === 'expired' && taken.has(due)) continue;
    const look = secondLook(due.row.doubted_slot === null ? undefined : BigInt(due.row.doubted_slot), state);
    if (look.believed) await finish(context, due.row, as);
    else if (look.remember !== undefined) await pool.query(noteDoubt, [due.signature, look.remember]);
  }
}

async function finish({ pool, settled, log }: SendingContext, row: Row, { state, reason }: Ended): Promise<void> {
  const { rowCount } = await pool.query(end, [row.signature, state, reason]);
  if (rowCount === 0) return;
  settled(state);
  log.info({ githubId: row.github_id, step: row.step, signature: row.signature, state, reason }, 'link transaction will not land');
}
