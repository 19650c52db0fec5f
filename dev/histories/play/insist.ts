import { setTimeout as sleep } from 'node:timers/promises';
import { isDoubloonError, type FailureCode } from '@doubloon/errors';

/** No answer, or one that says to come back: whoever asks again may get another. */
const passing: ReadonlySet<string> = new Set<FailureCode>([
  'SERVICE_UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CHAIN_UNAVAILABLE', 'GITHUB_UNAVAILABLE', 'EVENT_LOG_UNAVAILABLE', 'RATE_LIMITED', 'INTERNAL', 'UNKNOWN_FAILURE', 'PARSER_BUSY',
]);
const pausesMs = [50, 100, 200, 400, 800];

/** A no that was meant, with its code. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: string;
  readonly facts: unknown;

  constructor(code: string, facts: unknown, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.facts = facts;
  }
}

/** Nobody answered in time. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/** What the website answers in place of what was asked. */
export class PageRefusal extends Error {
  override readonly name = 'PageRefusal';
  readonly status: number;
  readonly code: string;
  readonly facts: unknown;

  constructor(status: number, code: string, facts: unknown) {
    super(`${String(status)} ${code}`);
    this.status = status;
    this.code = code;
    this.facts = facts;
  }
}

function refusalIn(error: unknown): Refused | undefined {
  if (error instanceof Refused) return error;
  if (error instanceof PageRefusal) return error.status < 500 && error.status !== 429 && !passing.has(error.code) ? new Refused(error.code, error.facts, { cause: error }) : undefined;
  if (isDoubloonError(error)) return passing.has(error.code) ? undefined : new Refused(error.code, error.facts, { cause: error });
  // A connection that broke, or an answer that came apart on its way: `fetch` names what it met.
  const isBroken = (error instanceof TypeError && error.cause !== undefined) || error instanceof SyntaxError || (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'));
  if (isBroken) return undefined;
  throw error;
}

/**
 * Asks again while nobody answers, until `end` in milliseconds of the wall clock. Rejects with `Refused` for a no that was
 * meant, with `Unanswered` when the time is over, and with anything else for what is neither: then this machine is broken.
 */
export async function insist<T>(end: number, ask: () => Promise<T>): Promise<T> {
  for (let nth = 0; ; nth++) {
    try {
      return await ask();
    } catch (error) {
      const refusal = refusalIn(error);
      if (refusal !== undefined) throw refusal;
      const pause = pausesMs[Math.min(nth, pausesMs.length - 1)] ?? 0;
      if (Date.now() + pause >= end) throw new Unanswered('nobody answered in time', { cause: error });
      await sleep(pause);
    }
  }
}
