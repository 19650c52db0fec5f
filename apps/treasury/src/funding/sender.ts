import { failpoint } from '@doubloon/failpoints';
import { isDoubloonError } from '@doubloon/errors';
import { parseAddress, terms } from '@doubloon/escrow';
import { fatesOf, readFinal, secondLook, sendEach, stillTaken, type Ended, type Sending, type SignatureStatus } from '@doubloon/escrow/chain';
import { creditClosed, judgeAccount } from '../deposits/credit-deposit.ts';
import { each } from '../each.ts';
import { endSubmission } from './end-submission.ts';
import type { SubmissionState } from '../offers/offer-row.ts';
import type { Treasury } from '../treasury.ts';

interface Row {
  readonly signature: string;
  readonly offer_id: string;
  readonly wallet: string;
  readonly deposit: string;
  readonly deadline: Date;
  readonly transaction: Buffer;
  readonly last_valid_block_height: string | null;
  readonly state: SubmissionState;
  readonly doubted_slot: string | null;
  readonly submitted_at: Date;
}
export type Due = Row & Sending;

/** How a submission seems to have ended: it came to nothing, or its deposit was made in a slot and is not there any more. */
type Over = { readonly row: Due } & (Ended | { readonly state: 'closed'; readonly slot: bigint });

export type SendingContext = Pick<Treasury, 'pool' | 'chain' | 'cluster' | 'log' | 'now' | 'wake' | 'program' | 'operator'> & { readonly settled: (outcome: 'landed' | 'expired' | 'failed') => void };

const open = "state in ('recorded', 'sent', 'confirmed', 'finalized') and next_at < 'infinity'";
const mostPerRound = 100;
// About as often as a blockhash lives; what is open for longer is stuck for another reason, and a minute between looks will do.
const quickAttempts = 90;

// Counted and put off before anything is sent: whoever else looks, or comes back after a crash, finds it not due yet.
const claim = `
  update submission set attempts = attempts + 1, next_at = $1::timestamptz + least(greatest(attempts - ${String(quickAttempts)}, 1), 30) * $2::int * interval '1 millisecond'
  where signature in (select signature from submission where ${open} and next_at <= $1 order by next_at limit ${String(mostPerRound)} for update skip locked)
  returning signature, offer_id, wallet, deposit, deadline, transaction, last_valid_block_height, state, doubted_slot, submitted_at`;
const note = `update submission set state = $2, doubted_slot = null where signature = $1 and ${open}`;
const noteHeight = 'update submission set last_valid_block_height = $2 where signature = $1';
const noteDoubt = `update submission set doubted_slot = $2 where signature = $1 and ${open}`;
// The deposit and not the signature says that nothing is left to be done.
const noteLanded = `
  update submission s set state = 'finalized', doubted_slot = null,
    next_at = case when exists (select from deposit d where d.address = s.deposit) then 'infinity' else next_at end
  where signature = $1 and ${open}
  returning next_at = 'infinity' as done`;

/**
 * Looks at the submissions that are due: what became of each is looked up first; the same bytes are sent again while they
 * can land and were not seen; what has landed is looked at until its deposit is credited; what has failed or can no longer
 * land, and what has landed and is gone since, is settled at the second look. All of it is in rows, so that it goes on after
 * a crash, and more than one process may do it: the same bytes twice are one transaction. CHAIN_UNAVAILABLE,
 * CHAIN_ANSWER_MALFORMED and GENESIS_MISMATCH leave the rows as they are.
 */
export async function sendDue(context: SendingContext, { everyMs }: { everyMs: number }): Promise<void> {
  const { pool, now } = context;
  const { rows } = await pool.query<Row>(claim, [now(), everyMs]);
  if (rows.length === 0) return;
  failpoint('submission-claimed');
  const due = rows.map((row): Due => ({ ...row, lastValid: row.last_valid_block_height === null ? undefined : BigInt(row.last_valid_block_height) }));
  const { slot, fates } = await fatesOf(context, due, async ({ signature }, height) => { await pool.query(noteHeight, [signature, height]); });
  const [toSend, toNote, ended]: [Due[], [Due, SignatureStatus][], Over[]] = [[], [], []];
  for (const { row, fate } of fates) {
    if (fate?.kind === 'send') toSend.push(row);
    else if (fate?.kind === 'ended') ended.push({ ...fate, row });
    else if (fate?.kind === 'seen' && isLongLanded(fate.status, row, now())) ended.push({ state: 'closed', slot: fate.status.slot, row });
    else if (fate?.kind === 'seen') toNote.push([row, fate.status]);
  }
  // What can't be settled now must not keep the others from being sent.
  await allOf([each(toNote, ([row, status]) => seen(context, row, status)), sendEach(toSend, (row) => send(context, row)), settle(context, ended, slot)]);
}

/** Whether it has landed so long ago that its deposit may have ended and been closed since, without ever being counted. */
const isLongLanded = ({ commitment, error }: SignatureStatus, { submitted_at: at }: Due, now: Date): boolean =>
  commitment === 'finalized' && error === undefined && BigInt(now.getTime() - at.getTime()) > terms.lingerSeconds * 1000n;

/** Waits for all, then fails as the first that failed. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function send({ pool, chain, log }: SendingContext, { signature, offer_id: offerId, transaction, state, doubted_slot: doubted }: Due): Promise<void> {
  try {
    await chain.send(transaction);
  } catch (err) {
    if (!isDoubloonError(err, 'CHAIN_REFUSED')) throw err;
    // It is tried until it can no longer land, because another node may think otherwise.
    log.warn({ err, offerId, signature }, 'the node refused a signed transaction');
    return;
  }
  failpoint('transaction-sent');
  if (state !== 'sent' || doubted !== null) await pool.query(note, [signature, 'sent']);
  failpoint('sending-noted');
  log.info({ offerId, signature }, 'transaction sent');
}

async function seen(context: SendingContext, row: Due, { commitment, error }: SignatureStatus): Promise<void> {
  if (error !== undefined) return;
  if (commitment === 'finalized') return landed(context, row);
  if (commitment === 'confirmed' && (row.state !== 'confirmed' || row.doubted_slot !== null)) await context.pool.query(note, [row.signature, 'confirmed']);
}

async function landed({ pool, wake, settled }: SendingContext, row: Due): Promise<void> {
  failpoint('transaction-seen');
  const { rows: [noted] } = await pool.query<{ done: boolean }>(noteLanded, [row.signature]);
  failpoint('landing-noted');
  if (noted?.done === true) settled('landed');
  else wake.watcher();
}

/**
 * Settles what has ended. A node that forgot a signature, or is late, still has the deposit, or says that it can't tell, or
 * would still take the blockhash: then the transaction may have landed, or may yet. And one look is not enough.
 */
async function settle(context: SendingContext, ended: readonly Over[], from: bigint): Promise<void> {
  if (ended.length === 0) return;
  const { pool, chain, settled } = context;
  const taken = await stillTaken(chain, ended.filter(({ state }) => state === 'expired').map(({ row }) => row));
  const final = await readFinal(context, ended.map(({ row }) => parseAddress(row.deposit)), from);
  await each(ended.entries(), async ([index, end]) => {
    const { row, state } = end;
    const account = final.accounts[index];
    if (state === 'closed' && account !== undefined) return landed(context, row);
    if (state === 'expired' && account !== undefined && 'deposit' in (await judgeAccount(context, parseAddress(row.deposit), account))) return landed(context, row);
    if (taken.has(row)) return;
    const look = secondLook(row.doubted_slot === null ? undefined : BigInt(row.doubted_slot), final);
    if (!look.believed) {
      if (look.remember !== undefined) await pool.query(noteDoubt, [row.signature, look.remember]);
    } else if (end.state === 'closed') {
      await creditClosed(context, row, end.slot);
      await landed(context, row);
    } else {
      await endSubmission(context, row, end);
      settled(end.state);
    }
  });
}
