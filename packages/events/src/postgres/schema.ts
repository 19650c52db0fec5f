import { migrate, migrationsFolder } from '@doubloon/postgres';
import type { EventLogLogger } from '../event-log.ts';
import { within } from '../within.ts';

const limitMs = 30_000;

/**
 * Brings the tables of the log up to date. There is no operator to do it: an embedded log belongs to the programs that use it.
 * It wants a database of its own, as every folder of migrations does (`MIGRATION_FAILED` when it finds the history of another).
 */
export const prepareSchema = (url: string, log: EventLogLogger): Promise<number> =>
  within(limitMs, 'migrate', () => migrate({ url, folder: migrationsFolder('event-log'), log }));
