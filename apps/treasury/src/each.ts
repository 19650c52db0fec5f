import { isDoubloonError, type FailureCode } from '@doubloon/errors';
import { isDatabaseOutage } from '@doubloon/postgres';

// What the next row would meet as well.
const ofAll: readonly FailureCode[] = ['CHAIN_UNAVAILABLE', 'GENESIS_MISMATCH', 'PROGRAM_REFUSED'];
const meetsAll = (error: unknown): boolean => isDatabaseOutage(error) || ofAll.some((code) => isDoubloonError(error, code));

/**
 * Does the work for one after the other. What fails with one keeps no other from it, unless it would fail with all. Rejects
 * with the first failure, when all were tried.
 */
export async function each<T>(rows: Iterable<T>, work: (row: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const row of rows) {
    try {
      await work(row);
    } catch (error) {
      failures.push(error);
      if (meetsAll(error)) break;
    }
  }
  if (failures.length > 0) throw failures[0];
}
