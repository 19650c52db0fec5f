import { DoubloonError } from '@doubloon/errors';

// SQLSTATE classes of Postgres appendix A: 08 connection, 53 resources, 57P shutdown and start.
const away = /^(?:08|53|57P)/;
const unreachable = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
// What pg and pg-pool say of a lost connection, and of one that did not come about in time, has no code.
const lost = /^(?:Connection terminated|Client (?:has encountered a connection error|was closed) and is not queryable$|timeout (?:exceeded when trying to connect|expired)$)/;

/** Whether what was thrown tells of a database that is away, and nothing of the work that was asked of it. */
export function isDatabaseOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : undefined;
  return code === undefined ? lost.test(error.message) : unreachable.has(code) || away.test(code);
}

/**
 * The method, answering outages of our own database as SERVICE_UNAVAILABLE: a caller waits for these to pass, while
 * INTERNAL uses up what attempts it has.
 */
export const throughOutages = <Q, A>(method: (request: Q) => Promise<A>) => async (request: Q): Promise<A> => {
  try {
    return await method(request);
  } catch (error) {
    throw isDatabaseOutage(error) ? new DoubloonError('SERVICE_UNAVAILABLE', { service: 'treasury' }, { cause: error }) : error;
  }
};
