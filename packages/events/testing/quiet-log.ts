import type { EventLogLogger } from '../src/index.ts';

const silent = (): void => undefined;

/** Says nothing, unless EVENT_LOG_TEST_LOG asks for it. */
export const quiet: EventLogLogger = process.env['EVENT_LOG_TEST_LOG'] === undefined
  ? { debug: silent, info: silent, warn: silent, error: silent }
  : Object.fromEntries(['debug', 'info', 'warn', 'error'].map((level) => [level, (facts: object, message: string) => process.stderr.write(`${level} ${message} ${String((facts as { err?: unknown }).err ?? JSON.stringify(facts))}\n`)])) as unknown as EventLogLogger;
