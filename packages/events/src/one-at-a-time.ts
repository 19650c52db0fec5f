import { DoubloonError } from '@doubloon/errors';

/**
 * Runs work in the order it was asked for, one piece at a time: two publishes of one process side by side could swap the
 * records of a key. At most `limit` pieces wait; more are refused with `EVENT_LOG_UNAVAILABLE`, as memory is not a queue.
 */
export function oneAtATime(operation: string, limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return (work) => {
    if (waiting >= limit) return Promise.reject(new DoubloonError('EVENT_LOG_UNAVAILABLE', { operation: `${operation}: ${limit} are waiting already` }));
    waiting++;
    const result = last.then(work, work).finally(() => waiting--);
    last = result;
    return result;
  };
}
