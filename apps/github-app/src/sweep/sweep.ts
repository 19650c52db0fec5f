import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { failpoint } from '@doubloon/failpoints';
import type { Logger } from '@doubloon/service';
import { alone } from '../issues/alone.ts';
import { fetchDelivery, readLogPage, type LoggedDelivery } from './delivery-log.ts';
import { readSetback, type Octokit } from '../github.ts';
import { countFetch, forgetArrived, forgetMissed, giveUpMissed, giveUpOlder, markUnfetched, missedNow, noteMissed } from './missed-delivery-row.ts';
import type { Delivery } from '../webhooks/receive.ts';
import type { RequestsLeft } from '../reread/requests-left.ts';
import { keepGood, keepReached, reachedBefore } from './sweep-row.ts';

export interface Sweeping {
  readonly pool: Pool;
  readonly appId: string;
  /** A client that acts as the App itself. */
  octokit(): Promise<Octokit>;
  /** Requests a minute at most: the others who ask as this App share what GitHub allows. */
  readonly perMinute: number;
  /** As the receiver does: durable when it resolves, false when it was there already. */
  store(delivery: Delivery): Promise<boolean>;
  /** Told of each delivery that was missed, and of what can't be had. */
  onDelivery?(what: Find): void;
  readonly log: Logger;
  readonly now: () => Date;
}

export type Find = 'found' | 'gone' | 'malformed' | 'foreign' | 'lost';
/** `limited`: GitHub's quota, which this App needs for other things too. `elsewhere`: another process is at it. */
export type Round = 'good' | 'failed' | 'limited' | 'elsewhere';

/** How far a look through the log came: one that is limited goes on there. */
export interface Place {
  newest: Date | undefined;
  cursor: string | undefined;
}

export const beginning = (): Place => ({ newest: undefined, cursor: undefined });

/** GitHub's log goes back three days (docs: "Redelivering webhooks"). */
export const logDepthMs = 72 * 3_600_000;
/** Entries appear when the attempt is over, some of them late: so far behind what was reached the log is read again. */
export const overlapMs = 5 * 60_000;
/** Deliveries are fetched one after the other, in such batches. */
const batch = 20;
/** More rows than this are not put in front of what arrives by itself, unless those before them do not get less. */
const mostWaiting = 100;
const roomWithinMs = 5_000;
/** One delivery may be what GitHub fails at. So many in a row are GitHub. */
const mostFailures = 3;
const backoff = { baseMs: 30_000, capMs: 3_600_000 };
/** Share of the App's requests an hour that is left for its tokens. */
const reserve = 0.1;

class Limited extends Error {
  readonly until: Date;

  constructor(until: Date) {
    super(`the App's quota is nearly used up until ${until.toISOString()}`);
    this.until = until;
  }
}

/** Until when GitHub, or our own reserve, wants no more questions; `undefined` for any other failure. */
const limitOf = (error: unknown, now: Date): Date | undefined => (error instanceof Limited ? error.until : readSetback(error, now).notBefore);

/**
 * Sweeps once: notes what the App's delivery log has and the inbox has not, as far back as was not reached before and at
 * most 72 hours, then fetches each and stores it, oldest first. Every step may be repeated; one process sweeps at a time.
 * It needs nobody to reach us. Resolves to how it ended and, when it was limited, until when. It looks from `place` on and
 * leaves there where to go on: else a log of more pages than an hour's quota would never be looked through.
 */
export async function sweep(sweeping: Sweeping, signal: AbortSignal, place = beginning()): Promise<{ round: Round; until?: Date }> {
  const { pool, log, appId } = sweeping;
  const turn = takeTurns(60_000 / sweeping.perMinute);
  try {
    const isDone = await alone(pool, `sweep ${appId}`, async () => {
      const octokit = await sweeping.octokit();
      // What was noted is fetched also when a page behind it can't be read.
      const failure = await look(sweeping, octokit, place, turn, signal).then(() => undefined, (error: unknown) => ({ error }));
      if (failure !== undefined && limitOf(failure.error, sweeping.now()) !== undefined) throw failure.error;
      await fetchMissed(sweeping, octokit, turn, signal);
      if (failure !== undefined) throw failure.error;
      if (!signal.aborted) await keepGood(pool, appId, sweeping.now());
      return true;
    });
    return { round: isDone === undefined ? 'elsewhere' : 'good' };
  } catch (error) {
    if (signal.aborted) return { round: 'failed' };
    const until = limitOf(error, sweeping.now());
    if (until === undefined) Object.assign(place, beginning());
    log.warn({ err: error, ...(until === undefined ? {} : { until }) }, 'the delivery log could not be swept');
    return until === undefined ? { round: 'failed' } : { round: 'limited', until };
  }
}

type Turn = (signal: AbortSignal) => Promise<void>;

/** Resolves when it is somebody's turn: no two of them are closer than `everyMs`. */
function takeTurns(everyMs: number): Turn {
  let next = 0;
  return async (signal) => {
    const at = performance.now();
    const wait = next - at;
    next = Math.max(next, at) + everyMs;
    if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => undefined);
  };
}

/** Reads the log from its newest page back. What was reached moves on only when all pages were read and noted. */
async function look({ pool, appId, onDelivery, log, now }: Sweeping, octokit: Octokit, place: Place, turn: Turn, signal: AbortSignal): Promise<void> {
  const before = await reachedBefore(pool, appId);
  let left: RequestsLeft | undefined;
  do {
    if (signal.aborted) return;
    leaveReserve(left, now());
    await turn(signal);
    const page = await readLogPage(octokit, place.cursor, signal);
    failpoint('sweep-page-read');
    const at = page.at ?? now();
    if (page.malformed > 0) {
      log.error({ malformed: page.malformed }, 'entries of the delivery log can not be read');
      for (let nth = 0; nth < page.malformed; nth++) onDelivery?.('malformed');
    }
    const depth = new Date(at.getTime() - logDepthMs);
    const kept = page.deliveries.filter(({ deliveredAt }) => deliveredAt > depth);
    for (const guid of await giveUpOlder(pool, new Date(depth.getTime() - overlapMs), now())) {
      log.error({ delivery: guid }, 'a delivery is lost: GitHub did not hand it out while it had it');
      onDelivery?.('lost');
    }
    const missed = await noteMissed(pool, kept);
    failpoint('sweep-page-noted');
    if (missed > 0) log.warn({ missed }, 'the delivery log has what never reached us');
    place.newest = latest(page.deliveries, place.newest, at);
    left = page.left;
    const from = before === undefined ? depth : new Date(Math.max(depth.getTime(), before.getTime() - overlapMs));
    // Entries are not quite in the order of their times: a page is behind what was reached when all of it is.
    const isBehind = page.deliveries.length > 0 && page.deliveries.every(({ deliveredAt }) => deliveredAt < from);
    if (page.next !== undefined && page.next === place.cursor) throw new Error('the delivery log leads in a circle');
    place.cursor = isBehind ? undefined : page.next;
  } while (place.cursor !== undefined);
  if (place.newest !== undefined) await keepReached(pool, appId, place.newest);
  place.newest = undefined;
  failpoint('sweep-reached-kept');
  leaveReserve(left, now());
}

// A time ahead of GitHub's own clock would hide what comes until then.
const latest = (deliveries: readonly LoggedDelivery[], newest: Date | undefined, at: Date): Date | undefined =>
  deliveries.reduce<Date | undefined>((one, { deliveredAt }) => (deliveredAt > at || (one !== undefined && one > deliveredAt) ? one : deliveredAt), newest);

function leaveReserve(left: RequestsLeft | undefined, now: Date): void {
  if (left !== undefined && left.remaining < left.limit * reserve) throw new Limited(new Date(now.getTime() + left.waitMs));
}

async function fetchMissed(sweeping: Sweeping, octokit: Octokit, turn: Turn, signal: AbortSignal): Promise<void> {
  const { pool, now, log } = sweeping;
  await forgetArrived(pool);
  let failures = 0;
  for (let rows = await missedNow(pool, now(), batch); rows.length > 0 && !signal.aborted; rows = await missedNow(pool, now(), batch)) {
    await waitForRoom(pool, signal);
    for (const row of rows) {
      await turn(signal);
      if (signal.aborted) return;
      await countFetch(pool, row.guid, new Date(now().getTime() + Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.min(row.attempts, 20))));
      try {
        await fetchOne(sweeping, octokit, row, signal);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (limitOf(error, now()) !== undefined || failures >= mostFailures) throw error;
        await markUnfetched(pool, row.guid, error instanceof Error ? error.message : 'unknown reason');
        log.warn({ delivery: row.guid, attempts: row.attempts + 1, err: error }, 'a missed delivery could not be fetched');
      }
    }
  }
}

async function fetchOne({ pool, appId, store, onDelivery, log, now }: Sweeping, octokit: Octokit, { id, guid }: LoggedDelivery, signal: AbortSignal): Promise<void> {
  const fetched = await fetchDelivery(octokit, appId, { id, guid }, signal);
  if ('problem' in fetched) {
    await giveUpMissed(pool, guid, fetched.problem, now());
    log.error({ delivery: guid, problem: fetched.problem }, 'a missed delivery can not be had');
    onDelivery?.(fetched.problem);
  } else {
    failpoint('sweep-delivery-fetched');
    if (await store(fetched.delivery)) onDelivery?.('found');
    failpoint('sweep-delivery-stored');
    await forgetMissed(pool, guid);
  }
  leaveReserve(fetched.left, now());
}

const waiting = 'select count(*)::int as waiting from (select from inbox where done_at is null and dead_at is null limit $1) as first';

// A backlog of thousands goes in by handfuls, so that what is delivered meanwhile does not wait behind all of it. Where
// nothing goes forward it goes in all the same, slowly: the log forgets.
async function waitForRoom(pool: Pool, signal: AbortSignal): Promise<void> {
  for (let waited = 0; waited < roomWithinMs && !signal.aborted; waited += 100) {
    const { rows: [row] } = await pool.query<{ waiting: number }>(waiting, [mostWaiting]);
    if ((row?.waiting ?? 0) < mostWaiting) return;
    await sleep(100, undefined, { signal }).catch(() => undefined);
  }
}
