import { isDoubloonError, type DoubloonError } from '@doubloon/errors';
import { isDatabaseOutage } from './outage.ts';

/** A handler throws it to have its row again at `notBefore`. It is no failure: the attempt is given back. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly notBefore: Date;

  constructor(notBefore: Date, options?: ErrorOptions) {
    super(`not before ${notBefore.toISOString()}`, options);
    this.notBefore = notBefore;
  }
}

export interface Backoff {
  /** Attempts at most; the row is dead after the last. */
  attempts: number;
  /** Milliseconds after the first attempt; doubled after each. */
  baseMs: number;
  /** Milliseconds at most. */
  capMs: number;
}

/** Milliseconds to wait after attempt number `attempt` (from 1): doubled each time, capped, and spread over its upper half. */
export function backoffMs(attempt: number, { baseMs, capMs }: Backoff, random: () => number): number {
  return Math.min(capMs, baseMs * 2 ** (attempt - 1)) * (0.5 + random() / 2);
}

const outages = ['SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CHAIN_UNAVAILABLE', 'EVENT_LOG_UNAVAILABLE'] as const;

// SQLSTATE of Postgres appendix A: a serialization failure, a deadlock, a lock that was not to be had in time.
const contention = new Set(['40001', '40P01', '55P03']);

/** Whether the same work may well pass later because what failed is not the work: an outage, a deadlock. What is not listed is not. */
export function isPassing(error: unknown): boolean {
  if (outages.some((code) => isDoubloonError(error, code))) return true;
  return isDatabaseOutage(error) || (error instanceof Error && 'code' in error && contention.has(String(error.code)));
}

const refusals = ['EVENT_MALFORMED', 'EVENT_TYPE_UNKNOWN', 'EVENT_TOO_LARGE'] as const;

/** Whether the message itself is what the event log will never take. */
export const isRefusal = (error: unknown): error is DoubloonError => refusals.some((code) => isDoubloonError(error, code));
