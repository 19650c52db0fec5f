import { isDoubloonError, type FailureCode } from '@doubloon/errors';
import { json } from '@sveltejs/kit';
import type { Logger } from '@doubloon/service';
import { statusOf } from './status-of.ts';

/** What an endpoint of the fund page answers when it can't do what was asked. */
export interface Refusal {
  readonly code: FailureCode | 'REQUEST_REFUSED' | 'TOO_MANY_REQUESTS' | 'INTERNAL';
  readonly message: string;
  /** Only where it is the visitor who can do something about it. */
  readonly facts?: unknown;
}

// Nobody knows at this point how far it came; see `unsure` in problems.ts.
const ours = 'Something went wrong on our side.';
// What tells the operator what to do is for the log.
const tells = (code: FailureCode, status: number): boolean => status < 500 || (status === 503 && code !== 'GENESIS_MISMATCH');

/** Answers with what `work` returns as JSON, or with the failure it meets as a `Refusal`. */
export async function answer(log: Logger, work: () => Promise<unknown>): Promise<Response> {
  try {
    return json(await work());
  } catch (error) {
    if (!isDoubloonError(error)) {
      log.error({ err: error }, 'endpoint failed');
      return json({ code: 'INTERNAL', message: ours } satisfies Refusal, { status: 500 });
    }
    const status = statusOf(error.code);
    if (status >= 500) log.error({ err: error }, 'endpoint failed');
    return json({ code: error.code, message: tells(error.code, status) ? error.message : ours, ...(status < 500 ? { facts: error.facts } : {}) } satisfies Refusal, { status });
  }
}
