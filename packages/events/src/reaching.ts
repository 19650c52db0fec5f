import { DoubloonError, isDoubloonError } from '@doubloon/errors';

/** Runs something that talks to the log: what the client library throws comes out as `EVENT_LOG_UNAVAILABLE`, with it as the cause. */
export async function reaching<T>(operation: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw isDoubloonError(cause) ? cause : new DoubloonError('EVENT_LOG_UNAVAILABLE', { operation }, { cause });
  }
}
