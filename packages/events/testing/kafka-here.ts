import { describe, test } from 'vitest';
import { available } from '../../../dev/kafka/cache.ts';

const kafka = await available();

/**
 * Runs a suite that needs a broker. A machine without Java or Maven may skip it, loudly; where CI says that it tests
 * everything, it may not: there the suite runs, and fails with what is missing.
 */
export function whereKafkaIs(name: string, suite: () => void): void {
  if (kafka.ok || process.env['CI'] === 'true') return suite();
  const lack = `a Kafka broker needs ${kafka.missing === 'java' ? 'Java 17 or newer' : 'Maven'}, which is missing here`;
  process.stderr.write(`SKIPPED ${name}: ${lack}\n`);
  describe(name, () => test.skip(lack, () => undefined));
}
