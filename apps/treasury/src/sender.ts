import { expireSubmission, type OfferId } from '@doubloon/domain';
import { isDoubloonError } from '@doubloon/errors';
import { parseAddress } from '@doubloon/escrow';
import type { SignatureStatus } from '@doubloon/escrow/chain';
import { failpoint } from '@doubloon/failpoints';
import { inTransaction } from '@doubloon/postgres';
import { reasonOf } from './build-funding.ts';
import { changeOffer } from './change-offer.ts';
import { offerById, type SubmissionState } from './offer-row.ts';
import type { Treasury } from './treasury.ts';

interface Due {
  readonly signature: string;
  readonly offer_id: string;
  readonly wallet: string;
  readonly deposit: string;
  readonly transaction: Buffer;
  readonly last_valid_block_height: string | null;
  readonly state: SubmissionState;
}

export type SendingContext = Pick<Treasury, 'pool' | 'chain' | 'log' | 'now' | 'wake'> & { readonly settled: (outcome: 'finalized' | 'expired' | 'failed') => void };

// Counted and put off before anything is sent: whoever else looks, or comes back after a crash, finds it not due yet.
const claim = `
  update submission set attempts = attempts + 1, next_at = $2
  where signature in (select signature from submission where state in ('recorded', 'sent', 'confirmed') and next_at <= $1 order by next_at limit 200 for update skip locked)
  returning signature, offer_id, wallet, deposit, transaction, last_valid_block_height, state`;
const note = "update submission set state = $2 where signature = $1 and state in ('recorded', 'sent', 'confirmed')";
const noteHeight = 'update submission set last_valid_block_height = $2 where signature = $1';
const settle = "update submission set state = $2, problem = $3 where signature = $1 and state in ('recorded', 'sent', 'confirmed')";

/** A blockhash that a wallet chose is at most this much newer than the newest confirmed one. */
const newerBlocks = 50n;

/**
 * Looks at every submission that is due: sends the same bytes again until they are seen, and settles what has landed,
 * failed or can no longer land. All of it is in rows, so that it goes on after a crash, and more than one process may do
 * it: the same bytes twice are one transaction. CHAIN_UNAVAILABLE leaves the rows as they are.
 */
export async function sendDue(context: SendingContext, { everyMs }: { everyMs: number }): Promise<void> {
  const { pool, chain, now } = context;
  const { rows } = await pool.query<Due>(claim, [now(), new Date(now().getTime() + everyMs)]);
  if (rows.length === 0) return;
  failpoint('submission-claimed');

  // Heights before statuses: what was not seen by then, and is too old at that height, will not be seen later.
  const [final, confirmed] = await Promise.all([chain.blockHeight('finalized'), chain.blockHeight('confirmed')]);
  const slot = await chain.slot('finalized');
  const due = await Promise.all(rows.map(async (row) => ({ ...row, lastValid: await lastValidOf(context, row) })));
  const statuses = await chain.signatureStatuses(due.map(({ signature }) => signature));
  const over = due.filter(({ lastValid }, index) => statuses[index] === undefined && lastValid < final);
  const history = new Map(over.length === 0 ? [] : (await chain.signatureStatuses(over.map(({ signature }) => signature), { searchHistory: true })).map((status, index) => [over[index]?.signature, status]));

  const outcomes = await Promise.allSettled(due.map(async (row, index) => {
    const status = statuses[index] ?? history.get(row.signature);
    if (status !== undefined) await seen(context, row, status);
    else if (history.has(row.signature)) await unseen(context, row, slot);
    else if (row.lastValid >= confirmed) await send(context, row);
  }));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function lastValidOf({ pool, chain }: SendingContext, { signature, last_valid_block_height: known }: Due): Promise<bigint> {
  if (known !== null) return BigInt(known);
  const height = (await chain.latestBlockhash()).lastValidBlockHeight + newerBlocks;
  await pool.query(noteHeight, [signature, height]);
  return height;
}

async function send({ pool, chain, log }: SendingContext, { signature, offer_id: offerId, transaction, state }: Due): Promise<void> {
  try {
    await chain.send(transaction);
  } catch (err) {
    if (!isDoubloonError(err, 'CHAIN_REFUSED')) throw err;
    // It is tried until it can no longer land, because another node may think otherwise.
    log.warn({ err, offerId, signature }, 'the node refused a signed transaction');
    return;
  }
  failpoint('transaction-sent');
  if (state !== 'sent') await pool.query(note, [signature, 'sent']);
  failpoint('sending-noted');
  log.info({ offerId, signature }, 'transaction sent');
}

async function seen(context: SendingContext, row: Due, { commitment, error }: SignatureStatus): Promise<void> {
  const { pool, wake, settled } = context;
  // What failed before it is final may still land on another fork.
  if (commitment === 'finalized' && error !== undefined) return end(context, row, 'failed', `The chain refused it: ${reasonOf(error).message}`);
  if (commitment === 'finalized') {
    failpoint('transaction-seen');
    const { rowCount } = await pool.query(note, [row.signature, 'finalized']);
    failpoint('landing-noted');
    if (rowCount !== 0) settled('finalized');
    wake.watcher();
  } else if (commitment === 'confirmed' && error === undefined && row.state !== 'confirmed') {
    await pool.query(note, [row.signature, 'confirmed']);
  }
}

async function unseen(context: SendingContext, row: Due, slot: bigint): Promise<void> {
  // A node that forgot the signature, or is late, still has the account, or says that it can't tell: then it may have landed.
  const deposit = await context.chain.account(parseAddress(row.deposit), 'finalized', slot);
  if (deposit === undefined) return end(context, row, 'expired', 'The network did not take it in time.');
  await context.pool.query(note, [row.signature, 'finalized']);
  context.wake.watcher();
}

async function end({ pool, now, log, settled }: SendingContext, row: Due, state: 'expired' | 'failed', reason: string): Promise<void> {
  const known = await offerById(pool, row.offer_id);
  if (known === undefined) return;
  await inTransaction(pool, async (db) => {
    // Of two processes that see the end, one tells of it. When another deposit has funded the offer, nothing is left to tell.
    await changeOffer(db, known, { details: { funder: row.wallet, deposit: row.deposit, reason } }, async (bounty) => {
      const { rowCount } = await db.query(settle, [row.signature, state, reason]);
      return rowCount === 0 ? [] : expireSubmission(bounty, { offer: known.id as OfferId, signature: row.signature, at: now() });
    });
  });
  settled(state);
  log.info({ offerId: row.offer_id, signature: row.signature, state, reason }, 'transaction will not land');
}
