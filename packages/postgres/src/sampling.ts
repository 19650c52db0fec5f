import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds that a scrape of metrics waits for one answer; what takes the scrapes gives up after ten seconds. */
const patienceMs = 1_000;

/**
 * Asks the database for a metric when it is called: `undefined` when it is away or does not answer in time, so that it never
 * takes the other series with it. One question is under way at a time, however often it is called.
 */
export function sampling<T>(ask: () => Promise<T>): () => Promise<T | undefined> {
  let asking: Promise<T | undefined> | undefined;
  return () => {
    asking ??= ask().catch(() => undefined).finally(() => { asking = undefined; });
    return Promise.race([asking, sleep(patienceMs, undefined, { ref: false })]);
  };
}
