import { decodeDeposit, parseAddress, signTransaction, transactionSignature, type Address } from '@doubloon/escrow';
import type { Part } from '../operation.ts';
import type { Came } from './doing.ts';
import { insist, Refused } from './insist.ts';
import type { Place, Signed } from './place.ts';

/** What somebody was given to sign. */
export interface Unsigned {
  readonly transaction: Uint8Array;
  readonly lastValidBlockHeight: bigint;
  readonly deposit?: string;
}

export interface ToSign {
  readonly by: Part;
  readonly offer?: string;
  readonly deposit?: string;
  build(): Promise<Unsigned>;
  /** The same bytes may be handed in again. */
  handIn(transaction: Uint8Array): Promise<unknown>;
  /** The signed bytes are handed in twice at once. */
  readonly twice?: boolean;
}

/** How long somebody looks for what the chain says is too late to come. */
const graceMs = 2_000;

/**
 * Has something built, signs it, and hands it in until that was answered; signs another one while it comes too late, until it
 * lands, is refused, or `end` has come.
 */
export async function signUntilItLands(place: Place, end: number, what: ToSign): Promise<Came> {
  const { stage, people, signed } = place;
  const mine: Signed[] = [];
  const came = (outcome: Came['outcome'], code?: string): Came => ({
    outcome, ...(code === undefined ? {} : { code }),
    signed: mine.map(({ signature, deposit, offer, hasLanded }) => ({ signature, ...(deposit === undefined ? {} : { deposit }), ...(offer === undefined ? {} : { offer }), hasLanded })),
  });
  try {
    for (;;) {
      // Until the treasury has seen that the last one came too late, it takes no other.
      const built = await insist(end, () => what.build().catch((error: unknown) => { throw mine.length > 0 && isUnderWay(error) ? new TypeError('the one before is still under way', { cause: error }) : error; }));
      const transaction = signTransaction(built.transaction, [people[what.by].wallet]);
      const deposit = built.deposit ?? what.deposit;
      const one: Signed = { signature: transactionSignature(transaction), by: what.by, ...(deposit === undefined ? {} : { deposit }), ...(what.offer === undefined ? {} : { offer: what.offer }), hasLanded: false };
      mine.push(one);
      signed.push(one);
      const handIn = () => insist(end, () => what.handIn(transaction));
      const [taken] = await Promise.allSettled(what.twice === true ? [handIn(), handIn()] : [handIn()]);
      if (taken.status === 'rejected' && !(taken.reason instanceof Refused && taken.reason.code === 'BLOCKHASH_EXPIRED')) throw taken.reason;
      const fate = await fateOf(place, one, built.lastValidBlockHeight, end);
      if (fate === 'landed') {
        if (deposit !== undefined) await isKnown(place, parseAddress(deposit), end);
        return came('done');
      }
      if (fate === 'failed') return came('refused', 'FAILED_ON_CHAIN');
      if (fate === 'unknown') return came('unknown');
    }
  } catch (error) {
    if (error instanceof Refused) return came('refused', error.code);
    if (error instanceof Error && error.name === 'Unanswered') return came('unknown');
    throw error;
  }

  function isUnderWay(error: unknown): boolean {
    const { code, facts } = error as { code?: string; facts?: { state?: string } };
    return code === 'OFFER_NOT_OPEN' && facts?.state === 'submitted';
  }

  async function fateOf({ stage: { fates, height } }: Place, one: Signed, lastValid: bigint, until: number): Promise<'landed' | 'failed' | 'late' | 'unknown'> {
    const gone = new AbortController();
    const tooLate = height.until('now', (now) => gone.signal.aborted || (now !== undefined && now > lastValid), until);
    const seen = fates.until(one.signature, (fate) => fate?.isFinal === true || gone.signal.aborted, until);
    const first = await Promise.race([seen.then((answer) => answer?.value), tooLate.then(() => undefined)]);
    // It may have landed in the very last block that would take it.
    const fate = first ?? (await fates.until(one.signature, (found) => found?.isFinal === true, Math.min(until, Date.now() + graceMs)))?.value;
    gone.abort();
    if (fate === undefined) return Date.now() >= until ? 'unknown' : 'late';
    one.hasLanded = !fate.hasFailed;
    return fate.hasFailed ? 'failed' : 'landed';
  }

  /** Whoever signed sees on the page that it came to something, before they do anything else. */
  async function isKnown({ stage: { deposits } }: Place, deposit: Address, until: number): Promise<void> {
    const account = await stage.stack.chain.account(deposit, 'finalized');
    const sequence = account === undefined ? 0n : decodeDeposit(account.data).sequence;
    await deposits.until(deposit, (known) => known !== undefined && known.sequence >= sequence, until);
  }
}
