import { DoubloonError } from '@doubloon/errors';

/** Rejects with `EVENT_LOG_UNAVAILABLE` when `work` takes longer; `work` can ask whether it still matters to anybody. */
export async function within<T>(limitMs: number, operation: string, work: (expired: () => boolean) => Promise<T>): Promise<T> {
  let expired = false;
  const { promise: limit, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    expired = true;
    reject(new DoubloonError('EVENT_LOG_UNAVAILABLE', { operation }));
  }, limitMs);
  try {
    return await Promise.race([work(() => expired), limit]);
  } finally {
    clearTimeout(timer);
  }
}
