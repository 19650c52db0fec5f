import { failpoint } from '@doubloon/failpoints';
import { isDoubloonError } from '@doubloon/errors';
import { parseAddress, parseTransaction, reasonOf } from '@doubloon/escrow';
import { checkNode, readFinal, secondLook, type SignatureStatus } from '@doubloon/escrow/chain';
import { askedFor } from '@doubloon/service';
import { judgeAccount } from './credit-deposit.ts';
import { endSubmission } from './end-submission.ts';
import type { SubmissionState } from './offer-row.ts';
import type { Treasury } from './treasury.ts';

export interface Due {
  readonly signature: string;
  readonly offer_id: string;
  readonly wallet: string;
  readonly deposit: string;
  readonly transaction: Buffer;
  readonly last_valid_block_height: string | null;
  readonly state: SubmissionState;
  readonly doubted_slot: string | null;
}

/** How a submission seems to have ended, and why in words. */
interface Ended {
  readonly row: Due;
  readonly state: 'expired' | 'failed';
  readonly reason: string;
}

export type SendingContext = Pick<Treasury, 'pool' | 'chain' | 'cluster' | 'log' | 'now' | 'wake' | 'program' | 'operator'> & { readonly settled: (outcome: 'landed' | 'expired' | 'failed') => void };

const open = "state in ('recorded', 'sent', 'confirmed', 'finalized') and next_at < 'infinity'";
const mostPerRound = 100;
const sendsAtOnce = 8;
// About as often as a blockhash lives; what is open for longer is stuck for another reason, and a minute between looks will do.
const quickAttempts = 90;

// Counted and put off before anything is sent: whoever else looks, or comes back after a crash, finds it not due yet.
const claim = `
  update submission set attempts = attempts + 1, next_at = $1::timestamptz + least(greatest(attempts - ${String(quickAttempts)}, 1), 30) * $2::int * interval '1 millisecond'
  where signature in (select signature from submission where ${open} and next_at <= $1 order by next_at limit ${String(mostPerRound)} for update skip locked)
  returning signature, offer_id, wallet, deposit, transaction, last_valid_block_height, state, doubted_slot`;
const note = `update submission set state = $2, doubted_slot = null where signature = $1 and ${open}`;
const noteHeight = 'update submission set last_valid_block_height = $2 where signature = $1';
const noteDoubt = `update submission set doubted_slot = $2 where signature = $1 and ${open}`;
// The deposit and not the signature says that nothing is left to be done.
const noteLanded = `
  update submission s set state = 'finalized', doubted_slot = null,
    next_at = case when exists (select from deposit d where d.address = s.deposit) then 'infinity' else next_at end
  where signature = $1 and ${open}
  returning next_at = 'infinity' as done`;

/** A blockhash that a wallet chose is at most this much newer than the newest confirmed one. */
const newerBlocks = 50n;

/**
 * Looks at the submissions that are due: what became of each is looked up first; the same bytes are sent again while they
 * can land and were not seen; what has landed is looked at until its deposit is credited; what has failed or can no longer
 * land is settled at the second look. All of it is in rows, so that it goes on after a crash, and more than one process may
 * do it: the same bytes twice are one transaction. CHAIN_UNAVAILABLE, CHAIN_ANSWER_MALFORMED and GENESIS_MISMATCH leave the
 * rows as they are.
 */
export async function sendDue(context: SendingContext, { everyMs }: { everyMs: number }): Promise<void> {
  const { pool, chain, now } = context;
  const { rows } = await pool.query<Due>(claim, [now(), everyMs]);
  if (rows.length === 0) return;
  failpoint('submission-claimed');
  await checkNode(context);

  // Heights before statuses: what was not seen by then, and is too old at that height, will not be seen later.
  const [final, confirmed, slot] = await Promise.all([chain.blockHeight('finalized'), chain.blockHeight('confirmed'), chain.slot('finalized')]);
  const due = await Promise.all(rows.map(async (row) => ({ row, lastValid: await lastValidOf(context, row) })));
  const statuses = await statusesOf(context, due.map(({ row }) => row), { searchHistory: false });
  const late = due.filter(({ row, lastValid }) => statuses.get(row.signature) === undefined && lastValid < final).map(({ row }) => row);
  for (const [signature, status] of await statusesOf(context, late, { searchHistory: true })) statuses.set(signature, status);

  const toSend: Due[] = [];
  const ended: Ended[] = [];
  for (const { row, lastValid } of due) {
    const status = statuses.get(row.signature);
    if (status === undefined && late.includes(row)) ended.push({ row, state: 'expired', reason: 'The network did not take it in time.' });
    else if (status === undefined && lastValid >= confirmed) toSend.push(row);
    else if (status !== undefined && hasFailed(status, slot)) ended.push({ row, state: 'failed', reason: `The chain refused it: ${reasonOf(status.error).message}` });
    else if (status !== undefined) await seen(context, row, status);
  }
  // What can't be settled now must not keep the others from being sent.
  await allOf([sendAll(context, toSend), settle(context, ended, slot)]);
}

// What failed before it is final may still land on another fork.
const hasFailed = ({ commitment, error, slot }: SignatureStatus, final: bigint): boolean => commitment === 'finalized' && error !== undefined && slot <= final;

async function statusesOf({ chain }: SendingContext, rows: readonly Due[], options: { searchHistory: boolean }): Promise<Map<string, SignatureStatus | undefined>> {
  if (rows.length === 0) return new Map();
  const statuses = await chain.signatureStatuses(rows.map(({ signature }) => signature), options);
  return new Map(rows.map(({ signature }, index) => [signature, statuses[index]]));
}

/** Waits for all, then fails as the first that failed. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function lastValidOf({ pool, chain }: SendingContext, { signature, last_valid_block_height: known }: Due): Promise<bigint> {
  if (known !== null) return BigInt(known);
  const height = (await chain.latestBlockhash()).lastValidBlockHeight + newerBlocks;
  await pool.query(noteHeight, [signature, height]);
  return height;
}

/** One that the node does not take keeps no other from it, unless the node wants to be left alone. */
async function sendAll(context: SendingContext, rows: readonly Due[]): Promise<void> {
  const failures: unknown[] = [];
  for (let at = 0; at < rows.length && !failures.some((failure) => askedFor(failure) > 0); at += sendsAtOnce) {
    const outcomes = await Promise.allSettled(rows.slice(at, at + sendsAtOnce).map((row) => send(context, row)));
    failures.push(...outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : [])));
  }
  if (failures.length > 0) throw failures[0];
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
async function settle(context: SendingContext, ended: readonly Ended[], from: bigint): Promise<void> {
  if (ended.length === 0) return;
  const { pool, chain, settled } = context;
  const blockhashes = new Set(ended.filter(({ state }) => state === 'expired').map(({ row }) => parseTransaction(row.transaction).blockhash));
  const valid = new Map(await Promise.all([...blockhashes].map(async (blockhash) => [blockhash, await chain.blockhashValid(blockhash, 'processed')] as const)));
  const state = await readFinal(context, ended.map(({ row }) => parseAddress(row.deposit)), from);
  for (const [index, end] of ended.entries()) {
    const [{ row }, account] = [end, state.accounts[index]];
    if (end.state === 'expired' && account !== undefined && 'deposit' in (await judgeAccount(context, parseAddress(row.deposit), account))) await landed(context, row);
    else if (end.state === 'failed' || valid.get(parseTransaction(row.transaction).blockhash) === false) {
      const look = secondLook(row.doubted_slot === null ? undefined : BigInt(row.doubted_slot), state);
      if (look.believed) {
        await endSubmission(context, row, end);
        settled(end.state);
      } else if (look.remember !== undefined) {
        await pool.query(noteDoubt, [row.signature, look.remember]);
      }
    }
  }
}
